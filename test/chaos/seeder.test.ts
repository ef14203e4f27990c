// Threads of the other side end: a seeder loses one in the middle of an upload, comes back, and the leecher gets
// a whole copy. The seeder dials, so that the seeder comes back and not the leecher.

import test from "ava";
import { endActor } from "@troupe/coordinator/testing";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Relay } from "../support/swarm/relay.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { isLong } from "../support/lanes.ts";

const totalBytes = 8 * 1024 * 1024;
const shape = { pieceLengthBytes: 64 * 1024, files: totalBytes };

const survives = test.macro<[name: string, connections: number]>({
  title: (_, name) => `a leecher gets everything from a seeder whose ${name} thread ended`,
  async exec(t, name, connections) {
    await using swarm = await Swarm.open(shape, { host: "threads" });
    const alone = { useTrackers: false };
    const leecher = await swarm.join({ engine: { host: "inline" }, torrent: alone });
    const target = { host: "127.0.0.1", port: leecher.coordinator.port };
    const relay = swarm.use(await Relay.open({ target, gated: "dialler" }));
    relay.allow(totalBytes / 4);
    const seeder = await swarm.seed({ torrent: { ...alone, peers: [relay] } });
    await relay.whenUsedUp();

    relay.allow(totalBytes / 2);
    endActor(seeder.coordinator, name);
    await seeder.record.until("the restart", () => seeder.record.restartsOf(name) === 1);
    t.false(leecher.record.torrent.isComplete);
    relay.allow(Infinity);
    await leecher.record.torrent.completed;

    await assertSameFiles(t, swarm.payload, leecher.folder);
    // A dial before the leecher has noticed the end of the first connection is refused as a duplicate, and repeated.
    const most = connections === 1 ? 1 : connections + 1;
    t.true(relay.connections >= connections && relay.connections <= most, `${relay.connections}`);
    t.is(leecher.record.failedPieces, 0);
    t.deepEqual([...seeder.record.errors, ...leecher.record.errors], []);
  },
});

test.serial(survives, "engine", 2);
if (isLong) {
  test.serial(survives, "file-0", 1);
  test.serial(survives, "hash", 1);
  test.serial(survives, "peer-0", 2);
}
