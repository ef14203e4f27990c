import test from "ava";

import { WorkerBench } from "../support/worker-bench.ts";

const pieces = 800;

/** Two peers that give 64 blocks a second, and would be asked for as many; what each owes in the end. */
async function owedByTwo(downloadBlocks: number): Promise<readonly number[]> {
  const bench = await WorkerBench.start({ downloadBytes: downloadBlocks * 16_384 });
  const torrent = await bench.openTorrent({ had: ".".repeat(pieces), pieceLengthBytes: 16_384 });
  const peers = [
    await bench.meetSeed(torrent, "a", "#".repeat(pieces)),
    await bench.meetSeed(torrent, "b", "#".repeat(pieces)),
  ];
  await bench.lease(torrent, [...Array.from({ length: pieces }).keys()]);
  const owed: string[][] = [[], []];
  for (let second = 0; second < 3; second++) {
    for (let round = 0; round < 16; round++) {
      for (const [at, peer] of peers.entries()) {
        owed[at]?.push(...peer.takeMessagesOf("request"));
        peer.answer(owed[at]?.splice(0, 4) ?? []);
        await bench.settle();
        for (const sealed of bench.takeAllSealed()) {
          await bench.had(torrent, sealed.piece);
        }
      }
    }
    await bench.advance(1_000);
  }
  return peers.map((peer, at) => (owed[at]?.length ?? 0) + peer.takeMessagesOf("request").length);
}

test("peers that want more memory than there is share it, and half of it stays free", async (t) => {
  const [a = 0, b = 0] = await owedByTwo(64);
  t.true(a > 8 && b > 8, `they owe ${a} and ${b}`);
  t.true(a + b <= 34, `they owe ${a} and ${b}`);
});

test("with enough memory each peer gets the queue that it would get alone", async (t) => {
  const [a = 0, b = 0] = await owedByTwo(1_024);
  t.true(a > 48 && b > 48, `they owe ${a} and ${b}`);
});
