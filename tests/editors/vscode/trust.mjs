// A new user in a folder that is not trusted, which lays traps; without whysafe, and at first without a package index.
import assert from "node:assert/strict";
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
  const rest = (process.env.PATH ?? "").split(":").filter((place) => !existsSync(path.join(place, "whysafe")));
  env.PATH = [...traps, ...rest].join(":");
  return { env };
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
    await editor.picture("not-found-light");
    assert.equal(sprung(editor), "");
  },

  async "an installation without a package index says what to do"(editor) {
    await editor.pressInMessage("Install the server");
    await editor.expectMessage("the package index cannot be reached. Connect to the network");
    await editor.picture("offline-light");
    assert.equal(sprung(editor), "");
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
