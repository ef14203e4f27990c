// The resources of a dead thread are released: counts after three deaths of each thread equal those after one.

import { existsSync, readdirSync } from "node:fs";
import test from "ava";
import { endActor } from "@troupe/coordinator/testing";
import type { EventRecord } from "../support/swarm/event-record.ts";
import { GatedSeeders, gatedSeedersOnly } from "../support/swarm/gated-seeders.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const shape = { pieceLengthBytes: 64 * 1024, files: 8 * 1024 * 1024 };
const pieces = 128;
const seeders = 3;
const names = ["peer-0", "file-0", "hash"];

/** The counts of the system for this process. */
function held(): { readonly descriptors: number; readonly threads: number } {
  return {
    descriptors: readdirSync("/proc/self/fd").length,
    threads: readdirSync("/proc/self/task").length,
  };
}

function connected({ peers, partings }: EventRecord): number {
  return peers.length - 2 * partings.length;
}

const onLinux = existsSync("/proc/self/fd") ? test.serial : test.serial.skip;

onLinux("crashed threads leave no descriptor, thread or connection", async (t) => {
  await using swarm = await Swarm.open(shape, { host: "threads" });
  const gatedSeeders = await GatedSeeders.open(swarm, seeders);
  gatedSeeders.allow(1 / 4);
  const { coordinator, record, folder } = await swarm.join({
    engine: { ...gatedSeedersOnly, hashThreads: 1 },
  });
  await record.until("an eighth of the pieces", () => record.pieces.length >= pieces / 8);
  let before = held();
  let steps = 0;
  for (let round = 1; round <= 4; round++) {
    for (const name of names) {
      endActor(coordinator, name);
      await record.until(`restart ${round} of ${name}`, () => record.restartsOf(name) === round);
      // Peers that come back send their handshake and bitfield again.
      steps += 1;
      gatedSeeders.allow(1 / 4 + steps / 64);
      await record.until("all peers", () => connected(record) === seeders);
    }
    if (round === 1) before = held();
  }
  await record.until("the ends of the dead", () => {
    const { descriptors, threads } = held();
    return descriptors <= before.descriptors && threads <= before.threads;
  });
  gatedSeeders.allow(1);
  await record.torrent.completed;
  await assertSameFiles(t, swarm.payload, folder);
  t.is(gatedSeeders.connections, seeders * 5);
});
