// A new user in a folder that is not trusted, which lays traps; without whysafe, and at first without a package index.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { until } from "./editor.mjs";

export const FILES = { "shell.py": "import os\n\nos.system(input())\n" };
export const SETTINGS = { "security.workspace.trust.enabled": true };

/** Traps that take note when something starts them: on PATH, in the settings, as an environment, as modules. */
export function options(folder) {
  const workspace = path.join(folder, "workspace");
  const note = path.join(folder, "sprung");
  const trap = (name) => {
    const file = path.join(workspace, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\necho ${name} >> '${note}'\nexit 1\n`);
    chmodSync(file, 0o755);
    return file;
  };
  for (const name of ["bin/whysafe", "bin/python3", ".venv/bin/python", ".venv/bin/whysafe"]) trap(name);
  mkdirSync(path.join(folder, "links"));
  symlinkSync(path.join(workspace, "bin", "whysafe"), path.join(folder, "links", "whysafe"));
  for (const name of ["whysafe", "json", "sitecustomize", "pip", "venv"]) {
    writeFileSync(path.join(workspace, `${name}.py`), `open(${JSON.stringify(note)}, "a").write("${name}.py\\n")\n`);
  }
  mkdirSync(path.join(workspace, ".vscode"), { recursive: true });
  const settings = { "whysafe.path": trap("set-whysafe"), "whysafe.interpreter": trap("set-python") };
  writeFileSync(path.join(workspace, ".vscode", "settings.json"), JSON.stringify(settings));

  const pip = path.join(folder, "pip.conf");
  const env = { ...process.env, PIP_CONFIG_FILE: pip, PYTHONPATH: workspace };
  const index = Object.entries(env).filter(([name]) => INDEX.has(name));
  for (const [name] of index) delete env[name];
  writeFileSync(pip, "[global]\nindex-url = http://127.0.0.1:9/\nextra-index-url =\nfind-links =\n");
  writeFileSync(`${pip}.online`, ["[global]", ...index.map(([name, value]) => `${KEY(name)} = ${value}`), ""].join("\n"));
  const traps = [path.join(workspace, "bin"), "bin", ".", path.join(folder, "links")];
  env.PATH = [...traps, path.join(folder, "tools")].join(":");
  mkdirSync(path.join(folder, "tools"));
  for (const name of NEEDED) symlinkSync(`/bin/${name}`, path.join(folder, "tools", name));
  return { env };
}

// What the editor itself runs of the system.
const NEEDED = ["sh", "bash", "cat", "ps", "uname", "dirname", "readlink"];

/** Put a `python3` on the editor's PATH, in the place of the one before: a shell script with that command. */
function putPython(editor, command) {
  const file = path.join(editor.folder, "tools", "python3");
  writeFileSync(file, `#!/bin/sh\n${command}\n`);
  chmodSync(file, 0o755);
}

async function installFails(editor, words) {
  await editor.dismissMessages();
  await editor.command("whysafe: Install the Server");
  await editor.expectMessage(words);
  await editor.expectStatus("whysafe is off");
  assert.equal(sprung(editor), "");
}

const INDEX = new Set(["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX"]);
const KEY = (name) => name.slice("PIP_".length).toLowerCase().replaceAll("_", "-");

function sprung(editor) {
  const note = path.join(editor.folder, "sprung");
  return existsSync(note) ? readFileSync(note, "utf8") : "";
}

export const CHECKS = {
  async "nothing in a folder that is not trusted is started"(editor) {
    await editor.open("shell.py");
    await editor.expectMessage("was not found on PATH");
    await editor.expectStatus("whysafe is off");
    await editor.picture("not-found");
    assert.equal(sprung(editor), "");
  },

  async "an installation without a Python says what to do"(editor) {
    await editor.pressInMessage("Install the server");
    await editor.expectMessage("whysafe needs Python 3.10 or later, and none was found. Install one, or name it");
    assert.equal(sprung(editor), "");
  },

  async "so does one with a Python that is too old, and one with a Python that cannot make environments"(editor) {
    putPython(editor, `echo '{"python": [3, 8], "whysafe": null}'`);
    await installFails(editor, "is 3.8. Install one, or name it");
    const answer = `echo '{"python": [3, 11], "whysafe": null}'`;
    putPython(editor, `case "$*" in *venv*) echo "No module named venv" >&2; exit 1;; *) ${answer};; esac`);
    await installFails(editor, "On Debian and Ubuntu, install the package python3-venv; then try again.");
  },

  async "an installation without a package index says what to do"(editor) {
    const real = execFileSync("python3", ["-c", "import sys; print(sys._base_executable)"], { encoding: "utf8" }).trim();
    putPython(editor, `exec '${real}' "$@"`);
    await installFails(editor, "the package index cannot be reached. Connect to the network");
    await editor.picture("offline");
  },

  async "the extension installs a server for itself"(editor) {
    const pip = path.join(editor.folder, "pip.conf");
    writeFileSync(pip, readFileSync(`${pip}.online`, "utf8"));
    await editor.pressInMessage("Install the server");
    await until("findings", async () => (await editor.squiggles("error")).length === 1, 120_000);
    await editor.expectSquiggles("error", ["os.system"]);
    await editor.expectStatus("1 finding open");
    assert.equal(sprung(editor), "");
  },

  async "trust is what it takes for the settings of the folder to count"(editor) {
    await editor.command("Workspaces: Manage Workspace Trust");
    await editor.page.locator(".workspace-trust-editor .monaco-button", { hasText: /^Trust$/ }).first().click();
    await editor.expectMessage("The whysafe server from the setting whysafe.path");
    assert.match(sprung(editor), /^set-whysafe\n$/);
  },
};
