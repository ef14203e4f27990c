// Two engines that know each other's address dial each other at the same moment. Exactly one connection is left, and it is
// the same one for both.

import test, { type ExecutionContext } from "ava";
import type { CoordinatorOptions } from "@troupe/coordinator";
import { assertSameFiles } from "../support/clients/interop.ts";
import { isLong } from "../support/lanes.ts";
import { Swarm, type Member } from "../support/swarm/swarm.ts";

const shape = { pieceLengthBytes: 64 * 1024, files: 8 * 64 * 1024 };
const pairs = isLong ? 3 : 1;

const meets = test.macro<[host: "threads" | "inline", peerWorkers: number]>({
  title: (_, host, peerWorkers) =>
    `both sides dial, ${peerWorkers} peer-worker(s), host ${host}: one connection is left`,
  async exec(t, host, peerWorkers) {
    await using swarm = await Swarm.open(shape);
    const engine = { host, peerWorkers };
    await Promise.all(Array.from({ length: pairs }, async () => await meet(t, swarm, engine)));
  },
});

async function meet(t: ExecutionContext, swarm: Swarm, engine: CoordinatorOptions): Promise<void> {
  const torrent = { useTrackers: false, start: false };
  const both = await Promise.all([
    swarm.join({ engine, torrent, folder: swarm.wholeFolder() }),
    swarm.join({ engine, torrent }),
  ]);
  const [left, right] = both;
  // Paused, the two stay connected: they have nothing to finish.
  for (const { record } of both) {
    record.torrent.start();
    record.torrent.pause();
  }
  await Promise.all(
    both.map(async ({ record }) => {
      await record.until("the pause", () => record.states.includes("paused"));
    }),
  );
  left.record.torrent.addPeer(addressOf(right));
  right.record.torrent.addPeer(addressOf(left));
  await Promise.all(both.map(settled));

  const statuses = await Promise.all(both.map(({ record }) => record.torrent.status()));
  const peers = statuses.flatMap((status) => status.peers);
  t.is(peers.length, 2, JSON.stringify(both.map(({ record }) => record.peers)));
  t.deepEqual(peers.map(({ isIncoming }) => isIncoming).toSorted(), [false, true]);
  for (const { record } of both) t.is(record.peers.length - 2 * record.partings.length, 1);

  for (const { record } of both) record.torrent.start();
  await right.record.torrent.completed;
  await assertSameFiles(t, swarm.payload, right.folder);
}

function addressOf({ coordinator }: Member): { readonly host: string; readonly port: number } {
  return { host: "127.0.0.1", port: coordinator.port };
}

/** A peer is there, and some time has passed in which what still had to happen has happened. */
async function settled({ record }: Member): Promise<void> {
  await record.until("a peer", () => record.peers.length > 0);
  const seconds = record.seconds + 2;
  await record.until("that all is quiet", () => record.seconds >= seconds);
}

test.serial(meets, "inline", 1);
test.serial(meets, "threads", 1);
test.serial(meets, "threads", 3);
