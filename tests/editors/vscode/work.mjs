// What a user does in a trusted workspace, with whysafe on PATH. Each check builds on the state that the last one left.
import assert from "node:assert/strict";
import { until } from "./editor.mjs";

const SHELL = `import os
import subprocess


def run(cmd):
    subprocess.run(cmd, shell=True)
    "é漢𝄞"; os.system(cmd)
`;
const LOAD = `import yaml


def load(text):
    return yaml.load(text)
`;

const ADMIN = `"""Restart a service by its short name."""

import subprocess
import sys

COMMANDS = {"web": "systemctl restart nginx | tee -a /var/log/restarts"}


def restart(name: str) -> None:
    command = COMMANDS[name]
    subprocess.run(command, shell=True, check=True)


restart(sys.argv[1])
`;

export const FILES = {
  "admin.py": ADMIN,
  "shell.py": SHELL,
  "load.py": LOAD,
  "closed.py": 'import os\n\n"é漢𝄞"; os.system(input())\n',
  "pyproject.toml": '[project]\nname = "sample"\nversion = "1"\n',
};
export const SETTINGS = { "security.workspace.trust.enabled": false, "whysafe.author": "M. Smit" };

export const CHECKS = {
  async "findings at the right columns, after é, 漢 and 𝄞 too"(editor) {
    await editor.open("shell.py");
    await editor.expectSquiggles("error", ["subprocess.run", "os.system"]);
    await editor.expectStatus("2 findings open, 0 justified");
    await editor.picture("squiggles-light");
  },

  async "the hover explains the finding"(editor) {
    const text = await editor.hover("subprocess.run(");
    for (const part of ["CWE-78", "subprocess-shell-true", "shell"]) assert.ok(text.includes(part), `no ${part} in ${text}`);
    await editor.picture("hover-light");
    await editor.press("Escape");
  },

  async "the menu of actions"(editor) {
    await editor.go(6, 8);
    const entries = await editor.actions();
    const wanted = ["as accepted", "as a false alarm", "as mitigated", "as deferred"];
    for (const words of wanted) assert.ok(entries.some((entry) => entry.includes(words)), `no "${words}" in ${entries}`);
    await editor.picture("actions-light");
  },

  async "a justification is written with its tab stops filled by typing"(editor) {
    await editor.choose("as accepted");
    await editor.page.locator(".view-line", { hasText: "justified[subprocess-shell-true]" }).waitFor();
    await editor.picture("snippet-light");
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
    await editor.picture("justified-light");
    await editor.press("Escape");
  },

  async "a change of the justified code makes the justification stale"(editor) {
    const line = editor.read("shell.py").split("\n").findIndex((text) => text.includes("subprocess.run(")) + 1;
    await editor.go(line, 20);
    await editor.type("cmd + ");
    await editor.expectSquiggles("error", ["subprocess.run", "os.system"]);
    await editor.expectStatus("1 needing attention");
    await editor.picture("stale-light");
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
    await editor.picture("broken-light");
    await until("the file as it was", async () => {
      await editor.press("Control+Z");
      return (await editor.save("shell.py")) === SHELL;
    });
  },

  async "the project's settings act at once"(editor) {
    const settings = '[tool.whysafe.ignore]\nos-system-shell = "a test of settings"\n';
    editor.write("pyproject.toml", FILES["pyproject.toml"] + settings);
    await editor.expectSquiggles("error", ["subprocess.run"]);
    editor.write("pyproject.toml", FILES["pyproject.toml"]);
    await editor.expectSquiggles("error", ["subprocess.run", "os.system"]);
  },

  async "the editor's settings act at once, and defaults do not hide the project's"(editor) {
    editor.write("pyproject.toml", '[tool.whysafe]\nprogram-type = "cli"\n[tool.whysafe.severity]\nos-system-shell = { level = "hint", reason = "a test" }\n');
    await editor.expectSquiggles("error", ["subprocess.run"]);
    await editor.expectStatus("1 finding open");
    editor.write("pyproject.toml", '[tool.whysafe]\nmin-severity = "hint"\n[tool.whysafe.severity]\nos-system-shell = { level = "hint", reason = "a test" }\n');
    await editor.expectStatus("2 findings open");
    editor.configure({ "whysafe.minSeverity": "error" });
    await editor.expectStatus("1 finding open");
    editor.configure({ "whysafe.minSeverity": undefined });
    editor.write("pyproject.toml", FILES["pyproject.toml"]);
    await editor.expectSquiggles("error", ["subprocess.run", "os.system"]);
  },

  async "the safe fix"(editor) {
    await editor.open("load.py");
    await until("a finding", async () => (await editor.squiggles("error")).length === 1);
    await editor.go(5, 15);
    const entries = await editor.actions();
    assert.ok(entries[0].includes("safe_load"), `first of ${entries}`);
    await editor.picture("fix-light");
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

  async "the page of a rule"(editor) {
    await editor.go(6, 8);
    await editor.command("whysafe: Show a Rule");
    await until("the page", async () => {
      for (const frame of editor.page.frames()) {
        const text = await frame.evaluate(() => document.body?.innerText ?? "").catch(() => "");
        if (text.includes("subprocess-shell-true") && text.includes("CWE-78")) return true;
      }
      return false;
    });
    await editor.picture("rule-light");
    await editor.back("shell.py");
  },

  async "the whole workspace is checked on request"(editor) {
    await editor.command("whysafe: Check the Workspace");
    await editor.expectMessage("whysafe checked 4 files: 4 findings are open.");
    await editor.expectStatus("4 findings open");
    await editor.dismissMessages();
    await editor.open("closed.py");
    await editor.expectSquiggles("error", ["os.system"]);
    await editor.expectStatus("4 findings open");
    await editor.open("shell.py");
  },

  async "the same in a dark theme"(editor) {
    editor.configure({ "workbench.colorTheme": "Default Dark Modern" });
    await editor.page.locator(".monaco-workbench.vs-dark").waitFor();
    await editor.expectSquiggles("error", ["subprocess.run", "os.system"]);
    await editor.hover("subprocess.run(");
    await editor.picture("hover-dark");
    await editor.press("Escape");
    await editor.go(6, 8);
    await editor.actions();
    await editor.picture("actions-dark");
    await editor.press("Escape");
  },

  async "the pictures of the README"(editor) {
    await editor.open("admin.py");
    await editor.press("Control+B");
    await editor.expectSquiggles("error", ["subprocess.run"]);
    editor.configure({ "workbench.colorTheme": undefined });
    await editor.page.locator(".monaco-workbench.vs-dark").waitFor({ state: "detached" });
    await editor.go(11, 8);
    await editor.actions();
    await editor.picture("readme-actions-light");
    await editor.choose("as accepted");
    await editor.page.locator(".view-line", { hasText: "justified[subprocess-shell-true]" }).waitFor();
    await editor.type("command is a literal of the table above");
    await editor.press("Escape");
    await editor.expectSquiggles("error", []);
    await editor.expectStatus("3 findings open, 1 justified");
    await editor.go(14);
    await editor.picture("readme-justified-light");
  },
};
