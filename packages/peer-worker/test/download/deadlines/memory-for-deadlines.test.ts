import test from "ava";
import type { PieceIndex } from "@troupe/protocol/units";

import { WorkerBench } from "../../support/worker-bench.ts";

const kib = 1_024;
const shape = { had: "......", pieceLengthBytes: 32 * kib };

/** Memory for two pieces, both open at a peer that has everything. */
async function fullMemory() {
  const bench = await WorkerBench.start({ downloadBytes: 64 * kib });
  const torrent = await bench.openTorrent(shape);
  const peer = await bench.meetSeed(torrent, "a", "######");
  await bench.lease(torrent, [0, 1]);
  bench.takeNotices("lease-returned");
  const setDue = async (piece: number): Promise<void> => {
    const deadlines = [{ piece: piece as PieceIndex, ms: 0 }];
    await bench.send("set-deadlines", { torrent: torrent.id, deadlines });
  };
  return { bench, torrent, peer, setDue };
}

function returned(bench: WorkerBench): number[] {
  return (bench.takeNotices("lease-returned") as { piece: number }[]).map(({ piece }) => piece);
}

test("the first due piece gets the memory of the piece with fewest blocks requested", async (t) => {
  const { bench, torrent, peer, setDue } = await fullMemory();
  await setDue(4);
  t.deepEqual(returned(bench), [], "it has no lease yet");
  peer.takeMessages();
  await bench.lease(torrent, [4]);
  t.is(returned(bench).length, 1);
  t.true(peer.takeMessages().some((said) => said.startsWith("request 4 ")));
});

test("a piece with a deadline gives up no memory, and the last one waits", async (t) => {
  const { bench, torrent, setDue } = await fullMemory();
  const deadlines = [0, 1, 4].map((piece) => ({ piece: piece as PieceIndex, ms: piece }));
  await bench.send("set-deadlines", { torrent: torrent.id, deadlines });
  await bench.lease(torrent, [4]);
  t.deepEqual(returned(bench), []);
  await setDue(5);
  t.deepEqual(returned(bench), []);
});
