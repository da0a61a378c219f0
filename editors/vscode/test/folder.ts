import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";

/** An empty folder that is gone after the test. */
export function folderFor(context: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), "whysafe-test-"));
  context.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Write a shell script that can be run, and give back its path. */
export function program(file: string, body: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A Python that says of itself what it is told to say, and takes note in `ran` that it was run. */
export function python(file: string, version: readonly number[], whysafe: { version: string; file: string } | null): string {
  const answer = JSON.stringify({ python: version, whysafe });
  return program(file, `echo run >> '${file}.ran'\necho '${answer}'`);
}
