// One thread of a downloading engine is ended as a crash would end it. The supervisor starts another, and the copy is
// whole and right to the bit. How far the transfer has come at that moment is set by doors between the peers, not by time.

import test from "ava";
import { Doors } from "../support/doors.ts";
import { assertSameFiles } from "../support/interop.ts";
import { Swarm } from "../support/swarm.ts";

const shape = { pieceLengthBytes: 256 * 1024, files: 64 * 1024 * 1024 };
const pieces = 256;

/** Whose thread is ended, and whether peers may notice. */
interface Ending {
  readonly name: string;
  readonly peerWorkers: number;
  readonly keepsPeers: boolean;
}

const survives = test.macro<[Ending]>({
  title: (_, { name, peerWorkers }) =>
    `a leecher with ${peerWorkers} peer-worker(s) survives the end of its ${name} thread`,
  async exec(t, { name, peerWorkers, keepsPeers }) {
    await using swarm = await Swarm.open(shape);
    const doors = await Doors.open(swarm, 3);
    doors.allow(1 / 4);
    const { coordinator, record, folder } = await swarm.join({ engine: { peerWorkers } });
    await record.until("an eighth of the pieces", () => record.pieces.length >= pieces / 8);

    doors.allow(1 / 2);
    coordinator.endActor(name);
    await record.until("the restart", () => record.restartsOf(name) === 1);
    t.false(record.torrent.isComplete);
    doors.allow(1);
    await record.torrent.completed;

    await assertSameFiles(t, swarm.payload, folder);
    t.is(record.crashesOf(name), 1);
    t.deepEqual(record.errors, []);
    t.is(record.failedPieces, 0);
    const partings = record.partings.filter(({ reason }) => reason !== "both-seeds");
    if (keepsPeers) t.deepEqual(partings, []);
    else t.is(doors.connections, 6);
  },
});

for (const peerWorkers of [1, 3]) {
  test.serial(survives, { name: "file", peerWorkers, keepsPeers: true });
  test.serial(survives, { name: "hash", peerWorkers, keepsPeers: true });
  test.serial(survives, { name: "engine", peerWorkers, keepsPeers: false });
}
test.serial(survives, { name: "peer-0", peerWorkers: 1, keepsPeers: false });
