// What a user does with a project as a whole: its settings, the pages about it, and the files that are not open.
import assert from "node:assert/strict";
import { until } from "./editor.mjs";

const SHELL = `import os
import subprocess


def run(cmd):
    subprocess.run(cmd, shell=True)
    os.system(cmd)
`;
const ANSWERED = `import os


# justified[os-system-shell] accepted: the command is a literal of this program
#   -- M. Smit, 2026-11-24, review by 2027-05-24, code 00000000
os.system(COMMAND)
`;

export const FILES = {
  "shell.py": SHELL,
  "closed.py": 'import os\n\n"é漢𝄞"; os.system(input())\n',
  "excluded/excluded.py": "import os\n\nos.system(input())\n",
  "pyproject.toml": '[project]\nname = "sample"\nversion = "1"\n',
};
export const SETTINGS = { "security.workspace.trust.enabled": false, "whysafe.author": "M. Smit" };

export const CHECKS = {
  async "the project's settings act at once"(editor) {
    await editor.open("shell.py");
    await editor.expectSquiggles("error", ["subprocess.run", "os.system"]);
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

  async "a file that is excluded is looked at only when it is asked for"(editor) {
    editor.write("pyproject.toml", '[tool.whysafe.exclude]\n"excluded/" = "a test of settings"\n');
    await editor.open("excluded.py");
    await editor.expectSquiggles("error", []);
    await editor.command("whysafe: Inspect This File");
    await editor.expectMessage("whysafe looks at this document until the end of this session.");
    await editor.expectSquiggles("error", ["os.system"]);
    await editor.dismissMessages();
    await editor.open("shell.py");
  },

  async "the page of a rule"(editor) {
    await editor.go(6, 8);
    await editor.command("whysafe: Show a Rule");
    await editor.frameWith("subprocess-shell-true", "CWE-78");
    await editor.back("shell.py");
  },

  async "the whole workspace is checked on request"(editor) {
    await editor.command("whysafe: Check the Workspace");
    await editor.expectMessage("whysafe checked 2 files: 3 findings are open.");
    await editor.expectStatus("4 findings open");
    await editor.dismissMessages();
    await editor.open("closed.py");
    await editor.expectSquiggles("error", ["os.system"]);
    await editor.expectStatus("4 findings open");
    await editor.open("shell.py");
  },

  async "files that are not open are looked at all the time, where that is wanted"(editor) {
    editor.configure({ "whysafe.workspaceScan": true });
    editor.write("made.py", "import os\n\nos.system(input())\n");
    await editor.expectStatus("5 findings open");
    editor.write("made.py", "import os\n");
    await editor.expectStatus("4 findings open");
    editor.configure({ "whysafe.workspaceScan": undefined });
    editor.write("made.py", "");
  },

  async "the ledger lists the justifications, and leads to their code"(editor) {
    editor.write("answered.py", ANSWERED);
    await editor.command("whysafe: Show the Ledger of Justifications");
    const words = ["1 justification: 0 hold, 1 does not", "Does not hold", "stale", "the command is a literal"];
    const { frame } = await editor.frameWith(...words);
    await frame.locator("a", { hasText: "answered.py:6" }).click();
    await editor.page.locator('.tab.active[data-resource-name="answered.py"]').waitFor();
    await until("the cursor in line 6", async () => (await editor.bar("status.editor.selection")).includes("Ln 6,"));
    await editor.expectStatus("1 needing attention");
  },
};
