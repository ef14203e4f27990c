// Threads that end again and again during one download, several at a time. Nothing of the copy is lost.

import test from "ava";
import { endActor } from "@troupe/coordinator/testing";
import { GatedSeeders, gatedSeedersOnly } from "../support/swarm/gated-seeders.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { isLong } from "../support/lanes.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 64 * 1024;
const shape = { pieceLengthBytes, files: (isLong ? 256 : 64) * pieceLengthBytes };
const rounds = isLong ? 3 : 2;

/** Which threads end in each round. */
interface Endings {
  readonly names: readonly string[];
  readonly peerWorkers: number;
}

const survives = test.macro<[Endings]>({
  title: (_, { names, peerWorkers }) =>
    `a leecher with ${peerWorkers} peer-worker(s) survives ${rounds} ends of ${names.join(", ")}`,
  async exec(t, { names, peerWorkers }) {
    await using swarm = await Swarm.open(shape, { host: "threads" });
    const gatedSeeders = await GatedSeeders.open(swarm, 3);
    const { coordinator, record, folder } = await swarm.join({
      engine: { ...gatedSeedersOnly, peerWorkers },
    });
    for (let round = 1; round <= rounds; round++) {
      const piecesBefore = record.pieces.length;
      gatedSeeders.allow(round / (rounds + 1));
      await record.until("more pieces", () => record.pieces.length >= piecesBefore + 8);
      for (const name of names) endActor(coordinator, name);
      await record.until(`restart ${round}`, () =>
        names.every((name) => record.restartsOf(name) === round),
      );
    }
    t.false(record.torrent.isComplete);
    const tree = JSON.stringify(await coordinator.actors());
    for (const name of names) {
      t.regex(tree, new RegExp(`"name":"${name}"[^{}]*"restarts":${rounds}`));
    }
    gatedSeeders.allow(1);
    await record.torrent.completed;

    await assertSameFiles(t, swarm.payload, folder);
    t.deepEqual(record.errors, []);
    t.is(record.failedPieces, 0);
  },
});

// In the gate the last test has them all at once.
for (const name of isLong ? ["file-0", "hash", "peer-0"] : [])
  test.serial(survives, { names: [name], peerWorkers: 1 });
test.serial(survives, { names: ["engine"], peerWorkers: 1 });
test.serial(survives, { names: ["file-0", "hash", "peer-0", "peer-1", "peer-2"], peerWorkers: 3 });
