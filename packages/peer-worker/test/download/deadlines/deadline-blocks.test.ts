import test from "ava";
import type { PieceIndex } from "@troupe/protocol/units";

import { type BenchTorrent, WorkerBench } from "../../support/worker-bench.ts";

async function setDue(
  bench: WorkerBench,
  { id: torrent }: BenchTorrent,
  ...list: (readonly [index: number, ms: number])[]
): Promise<void> {
  const deadlines = list.map(([index, ms]) => ({ piece: index as PieceIndex, ms }));
  await bench.send("set-deadlines", { torrent, deadlines });
}

test("the next requests go to due pieces, until the pieces are had or have no deadline", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "......", pieceLengthBytes: 16_384 });
  const peer = await bench.meetSeed(torrent, "a", "######");
  await setDue(bench, torrent, [4, 9_000], [5, 8_000]);
  await bench.lease(torrent, [0, 1, 2, 3, 4, 5]);
  const requests = peer.takeMessages();
  t.deepEqual(
    requests,
    [5, 4, 0, 1].map((index) => `request ${index} 0 16384`),
  );
  await setDue(bench, torrent, [3, 60_000]);
  await setDue(bench, torrent);
  peer.answer(requests.slice(0, 1));
  await bench.settle();
  t.is(peer.takeMessages()[0], "request 2 0 16384");
});

test("a block that is due soon is requested of a second peer when the first is silent", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..", pieceLengthBytes: 32_768 });
  const slow = await bench.meetSeed(torrent, "a", "#.");
  await bench.lease(torrent, [0]);
  t.is(slow.takeMessages().length, 2);
  await bench.advance(3_000);
  const fast = await bench.meetSeed(torrent, "b", "##");
  await bench.lease(torrent, [1]);
  t.deepEqual(fast.takeMessagesOf("request"), ["request 1 0 16384", "request 1 16384 16384"]);
  await setDue(bench, torrent, [0, 60_000]);
  t.deepEqual(fast.takeMessagesOf("request"), [], "it is not due soon");
  await setDue(bench, torrent, [0, 1_000]);
  await bench.advance(1_000);
  fast.answer(["request 1 0 16384", "request 1 16384 16384"]);
  await bench.settle();
  t.deepEqual(fast.takeMessagesOf("request").toSorted(), [
    "request 0 0 16384",
    "request 0 16384 16384",
  ]);
});
