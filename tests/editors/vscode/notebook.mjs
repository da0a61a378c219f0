// A notebook: names are known across its cells, each cell shows its own findings, and an answer is written into its cell.
import assert from "node:assert/strict";
import { until } from "./editor.mjs";

const CELLS = [
  ["code", "import subprocess as sp"],
  ["markdown", "`sp.run(cmd, shell=True)` in a text is no code."],
  ["code", '%time cmd = input()\n"é漢𝄞"; sp.run(cmd, shell=True)'],
];
const NOTEBOOK = {
  cells: CELLS.map(([kind, source], number) => ({
    cell_type: kind,
    id: `cell-${number}`,
    metadata: {},
    source: source.split(/(?<=\n)/),
    ...(kind === "code" ? { execution_count: null, outputs: [] } : {}),
  })),
  metadata: { language_info: { name: "python" } },
  nbformat: 4,
  nbformat_minor: 5,
};

export const FILES = { "notes.ipynb": JSON.stringify(NOTEBOOK, null, 1) };
export const SETTINGS = { "security.workspace.trust.enabled": false, "whysafe.author": "M. Smit" };

/** The texts of the cells in the file. */
function cells(editor) {
  return JSON.parse(editor.read("notes.ipynb")).cells.map(({ source }) => [source].flat().join(""));
}

/** Put the cursor before a word of a cell, by the mouse. */
async function clickOn(editor, words) {
  await editor.page.locator(".notebookOverlay .view-line", { hasText: words }).locator("span", { hasText: words }).last().click();
  await editor.page.locator(".notebookOverlay .monaco-editor.focused").waitFor();
}

export const CHECKS = {
  async "findings in the cell that has them, with names from another cell"(editor) {
    await editor.press("Control+P");
    await editor.quickInput("notes.ipynb", "notes.ipynb");
    await editor.expectSquiggles("warning", ["sp.run"]);
    await editor.expectStatus("1 finding open");
    await editor.picture("notebook");
  },

  async "the hover in a cell"(editor) {
    assert.match(await editor.hover("sp.run("), /subprocess-shell-true/);
    await editor.press("Escape");
  },

  async "a justification is written into the cell of its finding"(editor) {
    await clickOn(editor, "run");
    const entries = await editor.actions();
    assert.ok(entries.some((entry) => entry.includes("as accepted")), `${entries}`);
    await editor.choose("as accepted");
    await editor.page.locator(".view-line", { hasText: "justified[subprocess-shell-true]" }).waitFor();
    await editor.type("only I run this notebook");
    await editor.press("Escape");
    await editor.expectSquiggles("warning", []);
    await editor.expectStatus("0 findings open, 1 justified");
    await editor.press("Control+S");
    await until("the justification in the file", () => cells(editor)[2].includes("only I run this notebook"));
    assert.deepEqual(cells(editor).slice(0, 2), CELLS.slice(0, 2).map(([, source]) => source));
    assert.match(cells(editor)[2], /^%time cmd = input\(\)\n# justified\[subprocess-shell-true\] accepted: only I run/);
    await editor.picture("notebook-justified");
  },

  async "a change of another cell that the justified code reads makes the justification stale"(editor) {
    await clickOn(editor, "import");
    await editor.press("End");
    await editor.type("\nsp = None");
    await editor.expectStatus("1 finding open, 0 justified, 1 needing attention");
    await editor.press("Control+Z");
    await editor.expectStatus("0 findings open, 1 justified");
  },
};
