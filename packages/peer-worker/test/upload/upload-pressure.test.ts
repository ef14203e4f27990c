import test from "ava";

import type { ScriptedPeer } from "../support/scripted-peer.ts";
import { WorkerBench } from "../support/worker-bench.ts";

const wireBlock = 16_384 + 13;

/** Two peers that read nothing hold all upload memory; a third one asks. */
async function scene(): Promise<{ bench: WorkerBench; peers: ScriptedPeer[] }> {
  const bench = await WorkerBench.start({ uploadBytes: 4 * wireBlock });
  const torrent = await bench.openTorrent({ had: "#", pieceLengthBytes: 262_144 });
  const peers = [];
  for (const id of ["a", "b", "c"]) peers.push(await bench.meet(torrent, id));
  await bench.unchoke(torrent, 0, 1, 2);
  for (const peer of peers) peer.takeMessages();
  for (const peer of peers.slice(0, 2)) {
    peer.stream.isReading = false;
    peer.request(0, 0);
    peer.request(0, 65_536);
    await bench.fill();
    await bench.advance(2_000);
  }
  return { bench, peers };
}

test("case 52: while no peer waits for upload memory a peer may take two minutes to read", async (t) => {
  const { bench, peers } = await scene();
  await bench.advance(110_000);
  t.deepEqual(
    peers.map(({ isClosed }) => isClosed),
    [false, false, false],
  );
});

test("case 52: peers that do not read are closed for a peer that waits for upload memory", async (t) => {
  const { bench, peers } = await scene();
  const [first, second, waiting] = peers as [ScriptedPeer, ScriptedPeer, ScriptedPeer];
  waiting.request(0, 0);
  await bench.advance(5_000);
  t.false(first.isClosed);
  await bench.advance(3_000);
  t.like(bench.takeNotice("peer-closed"), { peer: 0, reason: "not-reading", isFault: false });
  await bench.fill();
  t.is(waiting.takeMessagesOf("block").length, 1);
  await bench.advance(60_000);
  t.false(second.isClosed, "there is memory again");
});
