import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf, count, words } from "../src/counts.ts";
import { checkOptions, expand, explicit } from "../src/values.ts";
import { compatible } from "../src/version.ts";

void test("only what somebody has set is sent to the server", () => {
  const layers: Record<string, object> = {
    minSeverity: { defaultValue: "information" },
    confidence: { globalValue: "high" },
    programType: { workspaceValue: null },
    select: { workspaceFolderValue: ["ALL"] },
  };
  const configuration = { inspect: (key: string) => layers[key], get: (key: string) => `value of ${key}` };
  assert.deepEqual(explicit(configuration, [...Object.keys(layers), "unknown"]), {
    confidence: "value of confidence",
    programType: "value of programType",
    select: "value of select",
  });
});

void test("variables in paths", () => {
  const around = { folder: "/project", home: "/home/me", environment: { TOOLS: "/tools" } };
  assert.equal(expand("${workspaceFolder}/a", around), "/project/a");
  assert.equal(expand("~/a/~/b", around), "/home/me/a/~/b");
  assert.equal(expand("${userHome}${env:TOOLS}${env:NONE}", around), "/home/me/tools");
  assert.equal(expand("${other}", around), "${other}");
  assert.equal(expand("${workspaceFolder}", { ...around, folder: undefined }), "${workspaceFolder}");
});

void test("settings as options of the command line", () => {
  const settings = { minSeverity: "error", confidence: "low", programType: "cli", select: ["ALL", 3], author: "me" };
  const options = ["--min-severity=error", "--min-confidence=low", "--program-type=cli", "--select=ALL"];
  assert.deepEqual(checkOptions(settings), options);
  assert.deepEqual(checkOptions({ programType: null, select: [] }), []);
});

void test("versions that understand each other", () => {
  const pairs: [string, string | undefined, boolean][] = [
    ["0.1.0", "0.1.7", true],
    ["0.1.0", "0.2.0", false],
    ["0.1.0", "1.1.0", false],
    ["1.2.0", "1.9.3", true],
    ["1.2.0", "2.2.0", false],
    ["0.1.0", undefined, false],
  ];
  for (const [extension, server, answer] of pairs) {
    assert.equal(compatible(extension, server), answer, `${extension} with ${server ?? "nothing"}`);
  }
});

void test("what the status bar counts", () => {
  const source = "whysafe";
  const counts = count([
    { source, message: "`os.system` runs a shell.", code: { value: "os-system-shell", target: "https://example.org" } },
    { source, message: "Justified (accepted by M. Smit): it runs a shell.", code: "subprocess-shell-true" },
    { source, message: "expired", code: "justification-expired" },
    { source, message: "not analysed: too deep", code: "not-analysed" },
    { source: "other", message: "unused", code: "F401" },
  ]);
  assert.deepEqual(counts, { open: 1, justified: 1, attention: 1, gaps: 1 });
  assert.equal(words(counts), "1 finding open, 1 justified, 1 needing attention, 1 not analysed");
  assert.equal(words({ open: 2, justified: 0, attention: 0, gaps: 0 }), "2 findings open, 0 justified");
  assert.equal(codeOf({ code: 12 }), "12");
  assert.equal(codeOf({}), "");
});
