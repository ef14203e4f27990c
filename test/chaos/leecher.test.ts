// One thread of a downloading engine is ended as a crash would end it. The supervisor starts another, and the copy is
// whole and right to the bit. How far the transfer has come at that moment is set by doors between the peers, not by time.

import test from "ava";
import { endActor } from "@troupe/coordinator/testing";
import { GatedSeeders, gatedSeedersOnly } from "../support/swarm/gated-seeders.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { isLong } from "../support/lanes.ts";

const pieceLengthBytes = 64 * 1024;
const pieces = isLong ? 128 : 64;
const shape = { pieceLengthBytes, files: pieces * pieceLengthBytes };
const seeders = 3;

/** The thread that is ended, and the peer-workers of its engine. */
interface Ending {
  readonly name: string;
  readonly peerWorkers: number;
}

/** Ends the thread with a part of the payload there and more on its way; the rest comes after the restart. */
const survives = test.macro<[Ending]>({
  title: (_, { name, peerWorkers }) =>
    `a leecher with ${peerWorkers} peer-worker(s) survives the end of its ${name} thread`,
  async exec(t, { name, peerWorkers }) {
    await using swarm = await Swarm.open(shape, { host: "threads" });
    const gatedSeeders = await GatedSeeders.open(swarm, seeders);
    gatedSeeders.allow(1 / 4);
    const { coordinator, record, folder } = await swarm.join({
      engine: { ...gatedSeedersOnly, peerWorkers },
    });
    await record.until("an eighth of the pieces", () => record.pieces.length >= pieces / 8);

    gatedSeeders.allow(1 / 2);
    endActor(coordinator, name);
    await record.until("the restart", () => record.restartsOf(name) === 1);
    t.false(record.torrent.isComplete);
    gatedSeeders.allow(1);
    await record.torrent.completed;

    await assertSameFiles(t, swarm.payload, folder);
    t.is(record.crashesOf(name), 1);
    t.deepEqual(record.errors, []);
    t.is(record.failedPieces, 0);
    const lost = record.partings.filter(({ reason }) => reason !== "both-seeds");
    t.true(lost.every(({ reason }) => reason === "worker-crashed"));
    t.is(lost.length > 0, name.startsWith("peer"));
    // Only lost peers are dialled again; a crash of the engine loses all.
    const dialled = seeders + (name === "engine" ? seeders : lost.length);
    // Another worker dials at once, and a seeder that has not seen the end of the old connection refuses the new one.
    const repeated = peerWorkers > 1 && name.startsWith("peer") ? lost.length : 0;
    t.true(gatedSeeders.connections >= dialled);
    t.true(gatedSeeders.connections <= dialled + repeated, `${gatedSeeders.connections}`);
  },
});

for (const peerWorkers of isLong ? [1, 3] : [3]) {
  // No peer is lost with a hash thread, as with a file-worker; the gate ends hash threads in again-and-again.test.ts.
  for (const name of isLong
    ? ["file-0", "hash", "peer-0", "engine"]
    : ["file-0", "peer-0", "engine"])
    test.serial(survives, { name, peerWorkers });
}
