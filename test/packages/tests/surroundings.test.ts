// What a test file may leave behind is seen.

import { createServer } from "node:net";
import test from "ava";
import { differences, surroundings } from "../../../scripts/tests/surroundings.ts";

test("a change of the environment, the umask, the globals and the listeners is named", async (t) => {
  const before = surroundings();
  t.deepEqual(await differences(before), []);
  const umask = process.umask(0o27);
  process.env["TEST_LEFT"] = "1";
  Object.assign(globalThis, { left: 1 });
  const heard = (): void => undefined;
  process.on("SIGUSR2", heard);
  t.deepEqual(await differences(before), [
    "environment TEST_LEFT",
    "umask",
    "globals",
    "listeners",
  ]);
  process.umask(umask);
  delete process.env["TEST_LEFT"];
  delete (globalThis as { left?: number }).left;
  process.off("SIGUSR2", heard);
  t.deepEqual(await differences(before), []);
});

test("a function of the global object that a test replaces is named", async (t) => {
  const before = surroundings();
  const usual = globalThis.queueMicrotask;
  globalThis.queueMicrotask = (): void => undefined;
  t.deepEqual(await differences(before), ["globals"]);
  globalThis.queueMicrotask = usual;
  t.deepEqual(await differences(before), []);
});

test("a handle that stays open is named, one that is being closed is not", async (t) => {
  const before = surroundings();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.deepEqual(await differences(before), ["handles"]);
  server.close();
  t.deepEqual(await differences(before), []);
});
