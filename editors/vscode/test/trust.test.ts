import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { folderOf } from "../src/trust.ts";
import { folderFor, program } from "./folder.ts";

void test("a file lies in a folder by its path, however it is written", (context) => {
  const workspace = folderFor(context);
  for (const file of [".venv/bin/python", "a/../b", ".", "..data/tool"]) {
    assert.equal(folderOf(path.join(workspace, file), [workspace]), workspace);
  }
  assert.equal(folderOf(`${workspace}-beside/tool`, [workspace]), undefined);
  assert.equal(folderOf("/usr/bin/env", [workspace]), undefined);
  assert.equal(folderOf(path.join(workspace, "tool"), []), undefined);
});

void test("a link into the folder, out of it, or through it counts", (context) => {
  const root = folderFor(context);
  const workspace = path.join(root, "workspace");
  mkdirSync(workspace);
  const outside = program(path.join(root, "outside"), "true");
  const inside = program(path.join(workspace, "inside"), "true");
  symlinkSync(inside, path.join(root, "leads-in"));
  symlinkSync(outside, path.join(workspace, "leads-out"));
  symlinkSync(path.join(workspace, "leads-out"), path.join(root, "leads-through"));
  symlinkSync(workspace, path.join(root, "folder-link"));
  for (const file of ["leads-in", "workspace/leads-out", "leads-through", "folder-link/inside"]) {
    assert.equal(folderOf(path.join(root, file), [workspace]), workspace, file);
  }
  assert.equal(folderOf(outside, [workspace]), undefined);
});

void test("a workspace that is opened through a link is known by both of its paths", (context) => {
  const root = folderFor(context);
  mkdirSync(path.join(root, "real"));
  symlinkSync(path.join(root, "real"), path.join(root, "link"));
  assert.notEqual(folderOf(path.join(root, "real", "tool"), [path.join(root, "link")]), undefined);
  assert.notEqual(folderOf(path.join(root, "link", "tool"), [path.join(root, "real")]), undefined);
});

void test("a script outside whose interpreter lies in the folder is in it", (context) => {
  const root = folderFor(context);
  const workspace = path.join(root, "workspace");
  const interpreter = program(path.join(workspace, "python"), "true");
  const script = path.join(root, "whysafe");
  writeFileSync(script, `#!${interpreter} -I\n`);
  assert.equal(folderOf(script, [workspace]), workspace);
});

void test("links in a circle end", (context) => {
  const root = folderFor(context);
  symlinkSync(path.join(root, "one"), path.join(root, "other"));
  symlinkSync(path.join(root, "other"), path.join(root, "one"));
  assert.equal(folderOf(path.join(root, "one"), ["/somewhere/else"]), undefined);
});
