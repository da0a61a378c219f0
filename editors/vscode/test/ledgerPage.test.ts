import assert from "node:assert/strict";
import { test } from "node:test";
import { headline, OPEN_PLACE, page, type Answer, type Ledger } from "../src/ledgerPage.ts";

const FOLDER = "/project";
const ANSWER: Answer = {
  rule: "os-system-shell",
  path: "/project/a/shell.py",
  line: 7,
  snippet: ["os.system(cmd)"],
  state: "valid",
  holds: true,
  decision: "accepted",
  reason: "cmd is a literal",
  who: "M. Smit",
  date: "2026-11-24",
  review_by: "2027-05-24",
  remarks: [],
};
const STALE: Answer = { ...ANSWER, line: 9, state: "stale", holds: false, remarks: ["The code has changed."] };

function ledger(some: Partial<Ledger>): Ledger {
  return { entries: [], totals: { unanswered_findings: 0 }, weakened_by_settings: [], errors: [], settings_problems: [], ...some };
}

function shown(some: Partial<Ledger>): string {
  return page([{ name: "project", folder: FOLDER, ledger: ledger(some) }]);
}

void test("what does not hold comes first", () => {
  const text = shown({ entries: [ANSWER, STALE] });
  assert.ok(text.indexOf("Does not hold") < text.indexOf("a/shell.py:9"));
  assert.ok(text.indexOf("a/shell.py:9") < text.indexOf("Holds"));
  assert.ok(text.indexOf("Holds") < text.indexOf("a/shell.py:7"));
  for (const words of ["The code has changed.", "M. Smit, 2026-11-24, review by 2027-05-24", "<b>accepted</b>: cmd is a literal"]) {
    assert.ok(text.includes(words), words);
  }
});

void test("places are links to the command that opens them, and nothing else is", () => {
  const target = `command:${OPEN_PLACE}?${encodeURIComponent('["/project/a/shell.py",7]')}`;
  assert.ok(shown({ entries: [ANSWER] }).includes(`<a href="${target}">a/shell.py:7</a>`));
  const outside = { ...ANSWER, path: "/projects/other.py" };
  assert.ok(shown({ entries: [outside] }).includes(">/projects/other.py:7</a>"));
});

void test("no text of a project becomes markup", () => {
  const evil = `"'><script>x</script>&amp;<img src=x onerror=y>`;
  const texts = { rule: evil, path: `/project/${evil}`, snippet: [evil], state: evil, decision: evil, reason: evil, who: evil };
  const trouble = { path: evil, line: null, message: evil };
  const text = shown({
    entries: [{ ...ANSWER, ...texts, date: evil, review_by: evil, remarks: [evil] }],
    weakened_by_settings: [{ what: evil, name: evil, files: evil, reason: evil }],
    errors: [trouble],
    settings_problems: [trouble],
  });
  const tags = [...text.matchAll(/<\/?([a-z0-9!]+)/g)].map(([, name]) => name);
  const ours = ["!doctype", "html", "head", "meta", "style", "body", "h1", "h2", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"];
  assert.deepEqual([...new Set(tags)].filter((name) => ![...ours, "a", "b", "br", "code", "pre", "span"].includes(name ?? "")), []);
  assert.equal([...text.matchAll(/="[^"]*"/g)].some(([value]) => /[<>]/.test(value)), false);
});

void test("what is missing of an answer is said", () => {
  const bare = { ...STALE, rule: null, decision: null, reason: "", who: null, date: null, review_by: null };
  const text = shown({ entries: [bare], errors: [{ path: "/project/b.py", line: null, message: "cannot be read" }] });
  for (const words of ["no rule", "no decision", "no reason given", "nobody, no date, no date of review", "b.py:1</a>: cannot be read"]) {
    assert.ok(text.includes(words), words);
  }
});

void test("the sentence above", () => {
  const numbers: [Answer[], number, string][] = [
    [[], 0, "0 justifications: 0 hold, 0 do not; 0 findings without an answer."],
    [[ANSWER], 1, "1 justification: 1 holds, 0 do not; 1 finding without an answer."],
    [[ANSWER, STALE], 2, "2 justifications: 1 holds, 1 does not; 2 findings without an answer."],
  ];
  for (const [entries, open, words] of numbers) {
    assert.equal(headline(ledger({ entries, totals: { unanswered_findings: open } })), words);
  }
});

void test("several folders are told apart", () => {
  const parts = ["one", "other"].map((name) => ({ name, folder: `/${name}`, ledger: ledger({}) }));
  assert.deepEqual([...page(parts).matchAll(/<h2>(\w+)<\/h2>/g)].map(([, name]) => name), ["one", "other"]);
});
