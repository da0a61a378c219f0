import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { findPython, findServer, which, type Places } from "../src/interpreter.ts";
import { Problem } from "../src/problem.ts";
import { folderFor, program, python } from "./folder.ts";

const VERSION = "0.1.0";
const INSTALLED = { version: VERSION, file: "/somewhere/whysafe/__init__.py" };

function places(root: string, some: Partial<Places>): Places {
  return {
    path: "",
    interpreter: "",
    active: undefined,
    search: [],
    own: path.join(root, "none"),
    forbidden: [],
    version: VERSION,
    cwd: root,
    log: () => undefined,
    ...some,
  };
}

function refusal(words: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof Problem && words.test(error.message) && error.remedies.length > 0;
}

void test("the places are taken in their order", async (context) => {
  const root = folderFor(context);
  const set = program(path.join(root, "set"), "exit 1");
  const interpreter = python(path.join(root, "interpreter"), [3, 12], INSTALLED);
  const active = python(path.join(root, "active"), [3, 12], INSTALLED);
  const onPath = program(path.join(root, "bin", "whysafe"), `echo whysafe ${VERSION}`);
  const own = python(path.join(root, "own"), [3, 12], INSTALLED);
  const all = places(root, { path: set, interpreter, active, search: [path.dirname(onPath)], own });
  const order: [Places, string][] = [
    [all, set],
    [{ ...all, path: "" }, interpreter],
    [{ ...all, path: "", interpreter: "" }, active],
    [{ ...all, path: "", interpreter: "", active: undefined }, onPath],
    [{ ...all, path: "", interpreter: "", active: undefined, search: [] }, own],
  ];
  for (const [given, command] of order) {
    assert.equal((await findServer(given)).command, command);
  }
});

void test("an environment without a fitting whysafe is passed over, and named when nothing is left", async (context) => {
  const root = folderFor(context);
  const active = python(path.join(root, "active"), [3, 12], { ...INSTALLED, version: "9.0.0" });
  const own = python(path.join(root, "own"), [3, 12], INSTALLED);
  assert.equal((await findServer(places(root, { active, own }))).command, own);
  await assert.rejects(findServer(places(root, { active })), refusal(/has whysafe 9\.0\.0; passed over/));
  const bare = python(path.join(root, "bare"), [3, 12], null);
  await assert.rejects(findServer(places(root, { active: bare })), refusal(/was not found/));
});

void test("the extension's own environment must have exactly its version", async (context) => {
  const root = folderFor(context);
  const own = python(path.join(root, "own"), [3, 12], { ...INSTALLED, version: "0.1.9" });
  await assert.rejects(findServer(places(root, { own })), refusal(/own environment has whysafe 0\.1\.9/));
});

void test("a setting that is wrong is refused with what to do, and nothing else is tried", async (context) => {
  const root = folderFor(context);
  const own = python(path.join(root, "own"), [3, 12], INSTALLED);
  const old = python(path.join(root, "old"), [3, 9], INSTALLED);
  const bare = python(path.join(root, "bare"), [3, 12], null);
  const broken = program(path.join(root, "broken"), "echo oops >&2; exit 3");
  const wrong: [Partial<Places>, RegExp][] = [
    [{ path: path.join(root, "missing") }, /names .*missing, which is no program/],
    [{ path: root }, /no program/],
    [{ interpreter: old }, /Python 3\.9, and whysafe needs 3\.10/],
    [{ interpreter: bare }, /pip install whysafe/],
    [{ interpreter: broken }, /does not run as Python/],
    [{ interpreter: path.join(root, "missing") }, /does not run as Python/],
  ];
  for (const [some, words] of wrong) {
    await assert.rejects(findServer(places(root, { own, ...some })), refusal(words));
  }
});

void test("nothing in a folder that is not trusted is run, however it was found", async (context) => {
  const root = folderFor(context);
  const workspace = path.join(root, "workspace");
  const inside = python(path.join(workspace, ".venv", "bin", "python"), [3, 12], INSTALLED);
  const command = program(path.join(workspace, "bin", "whysafe"), `touch '${root}/command.ran'; echo whysafe ${VERSION}`);
  const forbidden = [workspace];
  const ways: Partial<Places>[] = [
    { path: command },
    { interpreter: inside },
    { active: inside },
    { search: [path.dirname(command)] },
    { own: inside },
    { search: ["bin", "."] },
  ];
  for (const way of ways) {
    await assert.rejects(findServer(places(root, { forbidden, ...way })), Problem);
  }
  await assert.rejects(findPython(places(root, { forbidden, active: inside, interpreter: inside })), Problem);
  assert.equal(existsSync(`${inside}.ran`), false);
  assert.equal(existsSync(`${root}/command.ran`), false);
  assert.equal((await findServer(places(root, { active: inside }))).command, inside);
});

void test("what is refused or does not fit hides nothing behind it on PATH", async (context) => {
  const root = folderFor(context);
  const bad = program(path.join(root, "workspace", "whysafe"), `echo whysafe ${VERSION}`);
  const other = program(path.join(root, "other", "whysafe"), "echo whysafe 9.0.0");
  const good = program(path.join(root, "good", "whysafe"), `echo whysafe ${VERSION}`);
  const search = [bad, other, good].map((file) => path.dirname(file));
  const forbidden = [path.join(root, "workspace")];
  assert.equal((await findServer(places(root, { search, forbidden }))).command, good);
});

void test("a package that an outer Python would load from such a folder is not used", async (context) => {
  const root = folderFor(context);
  const file = path.join(root, "workspace", "whysafe", "__init__.py");
  const active = python(path.join(root, "python"), [3, 12], { version: VERSION, file });
  const some = { active, forbidden: [path.join(root, "workspace")] };
  await assert.rejects(findServer(places(root, some)), refusal(/not trusted/));
});

void test("a Python for the environment must be new enough", async (context) => {
  const root = folderFor(context);
  python(path.join(root, "a", "python3"), [3, 9], null);
  const newer = python(path.join(root, "a", "python3.12"), [3, 12], null);
  assert.equal(await findPython(places(root, { search: [path.join(root, "a")] })), newer);
  python(path.join(root, "b", "python3"), [3, 8], null);
  await assert.rejects(findPython(places(root, { search: [path.join(root, "b")] })), refusal(/is 3\.8/));
  await assert.rejects(findPython(places(root, {})), refusal(/none was found/));
});

void test("only programs in absolute folders are found", (context) => {
  const root = folderFor(context);
  mkdirSync(path.join(root, "a", "tool"), { recursive: true });
  const tool = program(path.join(root, "b", "tool"), "true");
  assert.deepEqual(which("tool", ["", ".", "b", path.join(root, "a"), path.join(root, "b")]), [tool]);
});
