// What a user does in files of a trusted workspace, with whysafe on PATH. Each check builds on the state that the last one left.
import assert from "node:assert/strict";
import { until } from "./editor.mjs";

const SHELL = `import os
import subprocess


def run(cmd: str) -> None:
    subprocess.run(cmd, shell=True)
    "é漢𝄞"; os.system(cmd)
`;
const LOAD = `import yaml


def load(text):
    return yaml.load(text)
`;

export const FILES = {
  "shell.py": SHELL,
  "load.py": LOAD,
};
export const SETTINGS = { "security.workspace.trust.enabled": false, "whysafe.author": "M. Smit" };

export const CHECKS = {
  async "findings at the right columns, after é, 漢 and 𝄞 too"(editor) {
    await editor.open("shell.py");
    await editor.expectSquiggles("error", ["subprocess.run", "os.system"]);
    await editor.expectStatus("2 findings open, 0 justified");
  },

  async "the hover explains the finding"(editor) {
    const text = await editor.hover("subprocess.run(");
    for (const part of ["CWE-78", "subprocess-shell-true", "shell"]) assert.ok(text.includes(part), `no ${part} in ${text}`);
    await editor.press("Escape");
  },

  async "the menu of actions"(editor) {
    await editor.go(6, 8);
    const entries = await editor.actions();
    const wanted = ["as accepted", "as a false alarm", "as mitigated", "as deferred"];
    for (const words of wanted) assert.ok(entries.some((entry) => entry.includes(words)), `no "${words}" in ${entries}`);
  },

  async "a justification is written with its tab stops filled by typing"(editor) {
    await editor.choose("as accepted");
    await editor.page.locator(".view-line", { hasText: "justified[subprocess-shell-true]" }).waitFor();
    await editor.picture("snippet");
    await editor.type("cmd is a literal of the table above; only administrators run this");
    await editor.press("Tab");
    await editor.press("Escape");
    const text = await editor.save("shell.py");
    assert.match(text, /# justified\[subprocess-shell-true\] accepted: cmd is a literal of the table above; only/);
    assert.match(text, /-- M\. Smit, \d{4}-\d\d-\d\d, review by \d{4}-\d\d-\d\d, code [0-9a-f]{8}\n/);
    assert.doesNotMatch(text, /TODO/);
  },

  async "a justified finding is a hint, and is counted as one"(editor) {
    await editor.expectSquiggles("error", ["os.system"]);
    await editor.expectStatus("1 finding open, 1 justified");
    assert.match(await editor.hover("subprocess.run("), /accepted/);
    await editor.press("Escape");
  },

  async "a change of the justified code makes the justification stale"(editor) {
    const line = editor.read("shell.py").split("\n").findIndex((text) => text.includes("subprocess.run(")) + 1;
    await editor.go(line, 20);
    await editor.type("cmd + ");
    await editor.expectSquiggles("error", ["subprocess.run", "os.system"]);
    await editor.expectStatus("1 needing attention");
  },

  async "a lens above the justification says so, and re-confirms it"(editor) {
    await editor.expectLens("subprocess-shell-true: stale");
    const before = (await editor.lines()).find((line) => line.includes("-- M. Smit"));
    await editor.pressLens("re-confirm");
    await editor.expectSquiggles("error", ["os.system"]);
    await editor.expectStatus("1 finding open, 1 justified");
    const after = (await editor.lines()).find((line) => line.includes("-- M. Smit"));
    assert.notEqual(after.match(/code (\w+)/)[1], before.match(/code (\w+)/)[1]);
    await until("no lens", async () => (await editor.lenses()).length === 0);
  },

  async "undo takes it all back"(editor) {
    await until("the text as it was", async () => {
      await editor.press("Control+Z");
      return (await editor.lines()).filter((line) => line.includes("justified[")).length === 0;
    });
    await until("the file as it was", async () => (await editor.save("shell.py")) === SHELL);
    await editor.expectSquiggles("error", ["subprocess.run", "os.system"]);
    await editor.expectStatus("2 findings open, 0 justified");
  },

  async "findings elsewhere stay while the syntax is broken"(editor) {
    await editor.press("Control+End");
    await editor.type("\ndef broken(:\n");
    await editor.go(1, 1);
    await editor.press("End");
    await editor.type("\nimport sys");
    await until("a line more above", async () => (await editor.lines())[1] === "import sys");
    await editor.expectSquiggles("error", ["subprocess.run", "os.system"]);
    await editor.expectStatus("1 not analysed, partial");
    await editor.picture("broken");
    await until("the file as it was", async () => {
      await editor.press("Control+Z");
      return (await editor.save("shell.py")) === SHELL;
    });
  },

  async "completion inside a justification offers rules and decisions"(editor) {
    await editor.go(5);
    await editor.press("End");
    await editor.type("\n# justified[");
    assert.ok((await editor.offers("subprocess-shell-true")).includes("subprocess-shell-true"));
    await editor.press("Enter");
    await editor.press("End");
    // The editor closes a bracket by itself only once it has told what is a comment.
    const head = editor.page.locator(".editor-group-container.active .view-line", { hasText: "justified[subprocess-shell-true" });
    await editor.type((await head.innerText()).includes("]") ? " " : "] ");
    const decisions = await editor.offers("accepted");
    for (const word of ["accepted", "mitigated", "deferred", "false-alarm"]) assert.ok(decisions.includes(word), `no ${word} in ${decisions}`);
    await editor.picture("completion");
    await editor.press("Escape");
    await until("the file as it was", async () => {
      await editor.press("Control+Z");
      return (await editor.save("shell.py")) === SHELL;
    });
  },

  async "a text that was never saved"(editor) {
    await editor.command("New Untitled Text File");
    await editor.commandWith("Change Language Mode", "Select Language Mode", "Python");
    await editor.type("import os\nos.system(input())\n");
    await editor.expectSquiggles("error", ["os.system"]);
    await editor.expectStatus("3 findings open");
    await until("nothing typed", async () => {
      await editor.press("Control+Z");
      return (await editor.lines()).join("") === "";
    });
    await editor.expectStatus("2 findings open");
    await editor.open("shell.py");
  },

  async "the safe fix"(editor) {
    await editor.open("load.py");
    await until("a finding", async () => (await editor.squiggles("error")).length === 1);
    await editor.go(5, 15);
    const entries = await editor.actions();
    assert.ok(entries[0].includes("safe_load"), `first of ${entries}`);
    await editor.choose("safe_load");
    await editor.expectSquiggles("error", []);
    assert.equal(await editor.save("load.py"), LOAD.replace("yaml.load", "yaml.safe_load"));
  },

  async "a server that is killed comes back"(editor) {
    await editor.open("shell.py");
    const [before] = editor.processes("whysafe", " server");
    assert.ok(before !== undefined, "no server process");
    process.kill(before, "SIGKILL");
    await until("another server", () => editor.processes("whysafe", " server").some((id) => id !== before));
    await editor.go(6, 1);
    await editor.press("End");
    await editor.type("\nos.popen(cmd)");
    await editor.expectSquiggles("error", ["subprocess.run", "os.popen", "os.system"]);
    assert.deepEqual(await editor.messages(), []);
    await until("the file as it was", async () => {
      await editor.press("Control+Z");
      return (await editor.save("shell.py")) === SHELL;
    });
  },
};
