// The behaviour of every implementation of host names, real or simulated.

import type { TestFn } from "ava";

import type { Names } from "../../../src/index.ts";

/** Names to test, and the way time passes. */
export interface NamesBench {
  readonly names: Names;
  readonly settle: <Value>(promise: Promise<Value>) => Promise<Value>;
}

/** Addresses by name. */
const addresses = {
  "both.example": ["8.0.0.1", "2a10::1"],
  "mixed.example": ["10.0.0.1", "8.0.0.1"],
  "rebound.example": ["127.0.0.1"],
  "nas.local": ["10.0.0.1"],
};

/** Makes names that know these addresses. */
export type NamesBenchOf = (addresses: Readonly<Record<string, readonly string[]>>) => NamesBench;

/** Declares the tests. */
export function namesSuite(test: TestFn, benchOf: NamesBenchOf): void {
  test("a name resolves to the addresses of both families", async (t) => {
    const { names, settle } = benchOf(addresses);
    t.deepEqual(await settle(names.resolve("both.example")), ["8.0.0.1", "2a10::1"]);
    t.deepEqual(await settle(names.resolveAllowed("Both.Example")), ["8.0.0.1", "2a10::1"]);
  });

  test("a numeric host is its own address, allowed also when it is local", async (t) => {
    const { names, settle } = benchOf(addresses);
    for (const host of ["10.0.0.1", "127.0.0.1", "2a10::1"]) {
      t.deepEqual(await settle(names.resolve(host)), [host]);
      t.deepEqual(await settle(names.resolveAllowed(host)), [host]);
    }
    t.deepEqual(await settle(names.resolveAllowed("[2a10::1]")), ["2a10::1"]);
  });

  test("of a public name only the public addresses are allowed", async (t) => {
    const { names, settle } = benchOf(addresses);
    t.deepEqual(await settle(names.resolve("mixed.example")), ["10.0.0.1", "8.0.0.1"]);
    t.deepEqual(await settle(names.resolveAllowed("mixed.example")), ["8.0.0.1"]);
    await t.throwsAsync(settle(names.resolveAllowed("rebound.example")), {
      name: "ActorError",
      code: "name-refused",
    });
  });

  test("a name of the local network keeps its local addresses", async (t) => {
    const { names, settle } = benchOf(addresses);
    t.deepEqual(await settle(names.resolveAllowed("nas.local")), ["10.0.0.1"]);
  });

  test("an unknown name is not found", async (t) => {
    const { names, settle } = benchOf(addresses);
    await t.throwsAsync(settle(names.resolve("none.example")), { code: "ENOTFOUND" });
    await t.throwsAsync(settle(names.resolveAllowed("none.example")), { code: "ENOTFOUND" });
  });
}
