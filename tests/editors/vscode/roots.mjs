// Several folders in one workspace, each with settings of its own, and Ruff looking for weaknesses in one of them.
import assert from "node:assert/strict";
import { until } from "./editor.mjs";

const CODE = `import os
import subprocess


def run(cmd):
    subprocess.run(cmd, shell=True)
    os.system(cmd)
`;
const RUFF = '[lint]\nselect = ["E", "S"]\n';

export const FILES = {
  "one/one.py": CODE,
  "one/pyproject.toml": '[tool.whysafe.ignore]\nos-system-shell = "a test of settings"\n',
  "other/other.py": CODE,
  "other/ruff.toml": RUFF,
  "late/late.py": CODE,
  "late/pyproject.toml": '[tool.whysafe.ignore]\nsubprocess-shell-true = "a test of settings"\n',
};
export const SETTINGS = { "security.workspace.trust.enabled": false };
export const options = () => ({ folders: ["one", "other"] });

export const CHECKS = {
  async "each folder has its own settings file"(editor) {
    await editor.open("one.py");
    await editor.expectSquiggles("error", ["subprocess.run"]);
    await editor.open("other.py");
    await editor.expectSquiggles("error", ["subprocess.run", "os.system"]);
  },

  async "Ruff's S rules are spoken of once, with the lines that leave them to whysafe"(editor) {
    await editor.expectMessage("Ruff's S rules look for some of the same weaknesses as whysafe");
    await editor.picture("ruff");
    await editor.pressInMessage("Show the lines");
    const dialog = editor.page.locator(".monaco-dialog-box");
    await dialog.waitFor();
    const words = await dialog.innerText();
    for (const line of ["in ruff.toml", "[lint]", 'ignore = ["S"]']) assert.ok(words.includes(line), `no ${line} in ${words}`);
    await dialog.locator(".monaco-button", { hasText: "Copy the lines" }).click();
    await until("the lines", async () => (await editor.clipboard()) === '[lint]\nignore = ["S"]\n');
    assert.equal(editor.read("other/ruff.toml"), RUFF);
    await editor.reload();
    await editor.open("other.py");
    await editor.expectSquiggles("error", ["subprocess.run", "os.system"]);
    await editor.expectStatus("findings open");
    assert.deepEqual(await editor.messages(), []);
  },

  async "each folder has its own settings of the editor"(editor) {
    editor.write("other/.vscode/settings.json", '{ "whysafe.ignore": { "os-system-shell": "a test of settings" } }');
    await editor.expectSquiggles("error", ["subprocess.run"]);
    await editor.open("one.py");
    await editor.expectSquiggles("error", ["subprocess.run"]);
    editor.write("one/.vscode/settings.json", '{ "whysafe.ignore": { "subprocess-shell-true": "a test of settings" } }');
    await editor.expectSquiggles("error", []);
    editor.write("one/.vscode/settings.json", "{}");
    await editor.expectSquiggles("error", ["subprocess.run"]);
  },

  async "a folder that is added later is looked at with its own settings"(editor) {
    editor.openFolders(["one", "other", "late"]);
    await editor.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "late" }).first().waitFor();
    await editor.open("late.py");
    await editor.expectSquiggles("error", ["os.system"]);
  },
};
