// What goes wrong with a server: each fault gives one message with what to do, and no loop of restarts.
import assert from "node:assert/strict";
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { until } from "./editor.mjs";

export const FILES = { "shell.py": "import os\n\nos.system(input())\n" };
export const SETTINGS = { "security.workspace.trust.enabled": false };

/** The fake server under another name: of some version, and ending when a message of some method comes. */
function fake(editor, name, { version = "0.1.0", diesOf = "exit" }) {
  const file = path.join(editor.folder, name);
  copyFileSync(path.join(import.meta.dirname, "fake_server.py"), file);
  chmodSync(file, 0o755);
  writeFileSync(`${file}.json`, JSON.stringify({ version, dies_of: diesOf }));
  return file;
}

function starts(file) {
  return existsSync(`${file}.starts`) ? readFileSync(`${file}.starts`, "utf8").trim().split("\n").length : 0;
}

async function recovers(editor) {
  await editor.dismissMessages();
  editor.configure({ "whysafe.path": undefined });
  await editor.expectSquiggles("error", ["os.system"]);
  await editor.expectStatus("1 finding open");
  assert.deepEqual(await editor.messages(), []);
}

export const CHECKS = {
  async "a setting that names nothing"(editor) {
    await editor.open("shell.py");
    await editor.expectSquiggles("error", ["os.system"]);
    editor.configure({ "whysafe.path": "/nowhere/whysafe" });
    await editor.expectMessage("`whysafe.path` names /nowhere/whysafe, which is no program.");
    await editor.expectSquiggles("error", []);
    await editor.expectStatus("whysafe is off");
    await recovers(editor);
  },

  async "an interpreter that is too old, and one without whysafe"(editor) {
    const python = path.join(editor.folder, "python");
    const answers = [
      ["[3, 9]", "Python 3.9, and whysafe needs 3.10 or later."],
      ["[3, 12]", `where whysafe is not installed. Run \`${python} -m pip install whysafe\`, or clear the setting.`],
    ];
    for (const [version, words] of answers) {
      writeFileSync(python, `#!/bin/sh\necho '{"python": ${version}, "whysafe": null}'\n`);
      chmodSync(python, 0o755);
      editor.configure({ "whysafe.interpreter": python });
      await editor.expectMessage(words);
      await editor.expectStatus("whysafe is off");
      await editor.dismissMessages();
      editor.configure({ "whysafe.interpreter": undefined });
      await editor.expectSquiggles("error", ["os.system"]);
    }
  },

  async "a server of another major version"(editor) {
    const file = fake(editor, "newer", { version: "9.1.0" });
    editor.configure({ "whysafe.path": file });
    await editor.expectMessage("is whysafe 9.1.0. Install the fitting version there, or update the extension.");
    await editor.picture("version");
    await until("the end of the server", () => editor.processes(file).length === 0);
    assert.equal(starts(file), 1);
    await recovers(editor);
    assert.equal(starts(file), 1);
  },

  async "a server that crashes at its start"(editor) {
    const file = fake(editor, "crashing", { diesOf: "initialize" });
    editor.configure({ "whysafe.path": file });
    await editor.expectMessage("does not start. The output says why.");
    assert.equal(starts(file), 1);
    await recovers(editor);
    assert.equal(starts(file), 1);
  },

  async "a server that crashes again and again"(editor) {
    const file = fake(editor, "fragile", { diesOf: "textDocument/didOpen" });
    editor.configure({ "whysafe.path": file });
    await editor.expectMessage("ended unexpectedly 4 times, and is not started again by itself.");
    assert.equal(starts(file), 4);
    await recovers(editor);
    assert.equal(starts(file), 4);
  },

  async "switched off and on"(editor) {
    editor.configure({ "whysafe.enable": false });
    await editor.expectSquiggles("error", []);
    await editor.expectStatus("whysafe is off");
    await until("the end of the server", () => editor.processes("whysafe", " server").length === 0);
    editor.configure({ "whysafe.enable": undefined });
    await editor.expectSquiggles("error", ["os.system"]);
  },
};
