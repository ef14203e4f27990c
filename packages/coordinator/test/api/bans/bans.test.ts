import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { temporaryFolder } from "../../../../../test/support/files/temporary-folder.ts";
import { startEngine } from "../../../../../test/support/swarm/start-engine.ts";
import { until } from "../../../../../test/support/time/until.ts";
import { endActor } from "../../../src/testing.ts";
import type { Coordinator } from "../../../src/api/coordinator.ts";
import type { Ban } from "../../../src/api/bans/bans.ts";

const options = { port: 0, bind: ["127.0.0.1"] };

function addresses(bans: readonly Ban[]): string[] {
  return bans.map(({ address }) => address);
}

test("L05: bans are listed in one spelling, kept over a restart, and lifted", async (t) => {
  using folder = temporaryFolder("troupe-bans");
  const kept = { ...options, stateDirectory: folder.path };
  {
    await using coordinator = await startEngine(kept);
    t.deepEqual(await coordinator.bans(), []);
    const before = Date.now();
    await coordinator.ban(["192.0.2.9/24"]);
    const bans = await coordinator.ban(["2001:DB8::1", "192.0.2.0/24"]);
    t.deepEqual(addresses(bans).toSorted(), ["192.0.2.0/24", "2001:db8::1"]);
    t.true(bans.every(({ since }) => since >= before && since <= Date.now()));
    await t.throwsAsync(coordinator.ban(["example.org"]), { code: "option-out-of-range" });
  }
  await using again = await startEngine(kept);
  t.is((await again.bans()).length, 2);
  t.deepEqual(addresses(await again.liftBan(["192.0.2.77/24"])), ["2001:db8::1"]);
});

test("L05: a ban reaches the other engines of its state folder, and so does its end", async (t) => {
  using folder = temporaryFolder("troupe-bans");
  const kept = { ...options, stateDirectory: folder.path };
  await using one = await startEngine(kept);
  await using other = await startEngine(kept);
  await Promise.all([one.ban(["192.0.2.1"]), other.ban(["192.0.2.2"])]);
  for (const coordinator of [one, other]) {
    // oxlint-disable-next-line no-await-in-loop
    t.deepEqual(addresses(await coordinator.bans()).toSorted(), ["192.0.2.1", "192.0.2.2"]);
  }
  await one.liftBan(["192.0.2.2"]);
  t.deepEqual(addresses(await other.bans()), ["192.0.2.1"]);
});

test("L05: a ban that another program has lifted stays lifted over a crash of the engine", async (t) => {
  using folder = temporaryFolder("troupe-bans");
  const kept = { ...options, stateDirectory: folder.path };
  await using one = await startEngine(kept);
  await using other = await startEngine(kept);
  await one.ban(["192.0.2.1", "192.0.2.2"]);
  await other.liftBan(["192.0.2.1"]);
  await crashEngine(one);
  t.deepEqual(addresses(await one.bans()), ["192.0.2.2"]);
  t.deepEqual(addresses(await other.bans()), ["192.0.2.2"]);
});

test("without a state folder bans last as long as the coordinator, over a crash of its engine", async (t) => {
  await using coordinator = await startEngine(options);
  await coordinator.ban(["192.0.2.1"]);
  await crashEngine(coordinator);
  t.deepEqual(addresses(await coordinator.bans()), ["192.0.2.1"]);
});

test("L05: a ban that the state folder refused holds over a crash of the engine, and is saved when it can be", async (t) => {
  using folder = temporaryFolder("troupe-bans");
  const stateDirectory = join(folder.path, "state");
  const kept = { ...options, stateDirectory };
  const refuse = () => writeFileSync(stateDirectory, "a file where the folder should be");
  refuse();
  {
    await using coordinator = await startEngine(kept);
    await t.throwsAsync(coordinator.ban(["192.0.2.1"]));
    await crashEngine(coordinator);
    await t.throwsAsync(coordinator.bans());
    rmSync(stateDirectory);
    t.deepEqual(addresses(await coordinator.bans()), ["192.0.2.1"]);
  }
  rmSync(stateDirectory, { recursive: true });
  refuse();
  {
    await using coordinator = await startEngine(kept);
    await t.throwsAsync(coordinator.ban(["192.0.2.2"]));
    // The end of the engine saves it.
    rmSync(stateDirectory);
  }
  await using again = await startEngine(kept);
  t.deepEqual(addresses(await again.bans()), ["192.0.2.2"]);
});

test("L05: a ban that was refused, then saved and lifted by another program, stays lifted over a crash", async (t) => {
  for (const savedBy of ["engine", "next engine"]) {
    using folder = temporaryFolder("troupe-bans");
    const stateDirectory = join(folder.path, "state");
    const kept = { ...options, stateDirectory };
    writeFileSync(stateDirectory, "a file where the folder should be");
    await using one = await startEngine(kept);
    await t.throwsAsync(one.ban(["192.0.2.1"]));
    rmSync(stateDirectory);
    if (savedBy === "next engine") await crashEngine(one, "running");
    await using other = await startEngine(kept);
    // The engine saves what waits every four seconds.
    await until("the ban is saved", async () => (await other.bans()).length > 0);
    await other.liftBan(["192.0.2.1"]);
    await crashEngine(one);
    t.deepEqual(await one.bans(), []);
    t.deepEqual(await other.bans(), []);
  }
});

/** Resolves when the next engine is about to start, or has all that it needs. */
async function crashEngine(
  coordinator: Coordinator,
  reached: "restarting" | "running" = "restarting",
): Promise<void> {
  const crashed = Promise.withResolvers<void>();
  coordinator.on("worker", ({ name, state }) => {
    if (name === "engine" && state === reached) crashed.resolve();
  });
  endActor(coordinator, "engine");
  await crashed.promise;
}
