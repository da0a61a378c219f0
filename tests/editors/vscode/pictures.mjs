// Pictures for people to look at, in a light and in a dark theme; some of them stand in the README of the extension.
import { until } from "./editor.mjs";

const ADMIN = `"""Restart a service by its short name."""

import subprocess
import sys

COMMANDS = {"web": "systemctl restart nginx | tee -a /var/log/restarts"}


def restart(name: str) -> None:
    command = COMMANDS[name]
    subprocess.run(command, shell=True, check=True)


restart(sys.argv[1])
`;
const REPORT = `"""Write the report of a night."""

import hashlib
import pickle

import yaml

# justified[yaml-unsafe-load] deferred: needs our own tags until the new format is there
#   -- A. Jansen, 2026-02-01, review by 2026-05-01, ref OPS-417, code 1d0f7c34
settings = yaml.load(open("report.yaml"), Loader=yaml.Loader)

# justified[pickle-load] mitigated: written by this program into a folder of its own
#   -- M. Smit, 2026-11-02, review by 2027-05-01, code 5b0a9e77
state = pickle.load(open("state", "rb"))

name = "é漢𝄞"; digest = hashlib.md5(name.encode()).hexdigest()
`;

export const FILES = { "admin.py": ADMIN, "report.py": REPORT };
export const SETTINGS = { "security.workspace.trust.enabled": false, "whysafe.author": "M. Smit" };
export const options = () => ({ size: [1000, 600] });

const THEMES = { light: "Default Light Modern", dark: "Default Dark Modern" };

async function inTheme(editor, theme) {
  editor.configure({ "workbench.colorTheme": THEMES[theme] });
  await editor.page.locator(theme === "dark" ? ".monaco-workbench.vs-dark" : ".monaco-workbench.vs").waitFor();
}

/** Take a picture of what is on the screen in each theme. */
async function pictures(editor, name, prepare = async () => undefined) {
  for (const theme of Object.keys(THEMES)) {
    await inTheme(editor, theme);
    await prepare();
    await editor.picture(`${name}-${theme}`);
  }
}

export const CHECKS = {
  async "squiggles"(editor) {
    await editor.open("admin.py");
    await editor.press("Control+B");
    await editor.expectSquiggles("error", ["subprocess.run"]);
    await pictures(editor, "squiggle");
  },

  async "the hover of a finding"(editor) {
    await pictures(editor, "hover", () => editor.hover("subprocess.run("));
    await editor.press("Escape");
  },

  async "the menu of actions"(editor) {
    await editor.go(11, 8);
    await pictures(editor, "actions", async () => {
      await editor.press("Escape");
      await editor.actions();
    });
  },

  async "a justified finding"(editor) {
    await editor.choose("as accepted");
    await editor.page.locator(".view-line", { hasText: "justified[subprocess-shell-true]" }).waitFor();
    await editor.type("command is a literal of the table above");
    await editor.press("Escape");
    await editor.expectSquiggles("error", []);
    await editor.expectStatus("0 findings open, 1 justified");
    await editor.save("admin.py");
    await editor.press("Control+Home");
    await pictures(editor, "justified");
    await editor.expectStatus("0 findings open, 1 justified");
  },

  async "justifications that need attention"(editor) {
    await editor.open("report.py");
    await editor.expectLens("yaml-unsafe-load");
    await editor.expectStatus("3 findings open, 1 justified, 3 needing attention");
    await editor.go(17);
    await pictures(editor, "attention");
  },

  async "the ledger"(editor) {
    await editor.command("whysafe: Show the Ledger of Justifications");
    const { frame } = await editor.frameWith("Does not hold", "Holds");
    await editor.page.mouse.move(500, 580);
    for (const theme of Object.keys(THEMES)) {
      await inTheme(editor, theme);
      const isThere = (wanted) => document.body.classList.contains(`vscode-${wanted}`);
      await until("the colours of the theme", () => frame.evaluate(isThere, theme));
      await editor.picture(`ledger-${theme}`);
    }
  },
};
