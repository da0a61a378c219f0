import assert from "node:assert/strict";
import { test } from "node:test";
import { asStatus, Extras } from "../src/extras.ts";

void test("the server is told that we listen, beside what others tell it", () => {
  const capabilities = { experimental: { other: 1 } };
  new Extras(new Set()).fillClientCapabilities(capabilities);
  assert.deepEqual(capabilities, { experimental: { other: 1, whysafe: { status: true } } });
});

void test("commands that the extension has stay the extension's", () => {
  const capabilities = { executeCommandProvider: { commands: ["whysafe.apply", "whysafe.checkWorkspace"] } };
  new Extras(new Set(["whysafe.checkWorkspace", "whysafe.showRule"])).preInitialize(capabilities);
  assert.deepEqual(capabilities.executeCommandProvider.commands, ["whysafe.apply"]);
  new Extras(new Set()).preInitialize({});
});

void test("what a status says", () => {
  assert.deepEqual(asStatus({ state: "partial", message: "too deep", open: 3 }), { state: "partial", message: "too deep" });
  assert.deepEqual(asStatus({ state: "ready", message: null }), { state: "ready", message: null });
  for (const other of [undefined, null, 3, "busy", {}, { state: 1 }]) {
    assert.equal(asStatus(other), undefined);
  }
});
