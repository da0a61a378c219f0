import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "smol-toml";
import { isWeakness, linesFor, RUFF_FILES, selectsWeaknesses } from "../src/ruff.ts";

void test("which settings of Ruff select weaknesses", () => {
  const cases: [string, boolean][] = [
    ['[lint]\nselect = ["E", "S"]', true],
    ['[lint]\nextend-select = ["S602"]', true],
    ['[lint]\nselect = ["ALL"]', true],
    ['select = ["S1"]', true],
    ['[lint]\nselect = ["SIM", "SLF", "SLOT", "E"]', false],
    ['[lint]\nselect = ["ALL"]\nignore = ["S"]', false],
    ['[lint]\nselect = ["S"]\nextend-ignore = ["S"]', false],
    ['[lint]\nselect = ["S", "S101"]\nignore = ["S"]', true],
    ['[lint]\nselect = ["S"]\nignore = ["S101"]', true],
    ['[lint]\nignore = ["S"]', false],
    ['[lint]\nselect = "S"', false],
    ["lint = 3", false],
    ['[lint]\nselect = [1, ["S"]]', false],
    ["this is no TOML [", false],
    ["", false],
  ];
  for (const [text, answer] of cases) {
    assert.equal(selectsWeaknesses("ruff.toml", text), answer, text);
    assert.equal(selectsWeaknesses("pyproject.toml", text), false, `not Ruff's: ${text}`);
  }
  assert.equal(selectsWeaknesses("pyproject.toml", '[tool.ruff.lint]\nselect = ["S"]'), true);
  assert.equal(selectsWeaknesses("pyproject.toml", '[tool.other.lint]\nselect = ["S"]'), false);
});

void test("the lines that are shown leave weaknesses out, where they belong", () => {
  for (const file of RUFF_FILES) {
    const lines = linesFor(file);
    parse(lines);
    assert.equal(selectsWeaknesses(file, lines.replace("ignore", "select")), true, file);
    assert.equal(selectsWeaknesses(file, `${lines}\nselect = ["ALL", "S"]`), false, file);
  }
});

void test("names of Ruff's that stand for weaknesses", () => {
  assert.deepEqual(["S", "S1", "S602", "SIM", "SLF001", "s602", "", "ALL"].map(isWeakness), [true, true, true, ...Array<boolean>(5).fill(false)]);
});
