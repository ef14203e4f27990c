import test from "ava";
import { requestBytes, writeRequest } from "@troupe/protocol/peer";

import type { ScriptedPeer } from "../support/scripted-peer.ts";
import { WorkerBench } from "../support/worker-bench.ts";

const wireBlock = 16_384 + 13;

/** @returns Requests for the first blocks of the first piece, as they arrive in one chunk. */
function encodeBlocks(count: number): Uint8Array {
  const bytes = new Uint8Array(count * requestBytes);
  let at = 0;
  for (let block = 0; block < count; block++)
    at = writeRequest(bytes, at, 0, block * 16_384, 16_384);
  return bytes;
}

/** Four peers that read nothing hold all upload memory; a fifth one asks. */
async function scene(): Promise<{ bench: WorkerBench; peers: ScriptedPeer[] }> {
  const bench = await WorkerBench.start({ uploadBytes: 4 * wireBlock });
  const torrent = await bench.openTorrent({ had: "#", pieceLengthBytes: 262_144 });
  const peers = [];
  for (const id of ["a", "b", "c", "d", "e"]) peers.push(await bench.meet(torrent, id));
  await bench.unchoke(torrent, ...peers.keys());
  for (const peer of peers) peer.takeMessages();
  for (const peer of peers.slice(0, 4)) {
    peer.stream.isReading = false;
    peer.request(0, 0);
    await bench.fill();
    await bench.advance(1_000);
  }
  return { bench, peers };
}

test("case 52: while no peer waits for upload memory a peer may take two minutes to read", async (t) => {
  const { bench, peers } = await scene();
  await bench.advance(110_000);
  t.deepEqual(
    peers.map(({ isClosed }) => isClosed),
    [false, false, false, false, false],
  );
});

test("case 52: peers that do not read are closed for a peer that waits for upload memory", async (t) => {
  const { bench, peers } = await scene();
  const [first, second, , , waiting] = peers;
  waiting?.request(0, 0);
  await bench.advance(5_000);
  t.false(first?.isClosed);
  await bench.advance(2_000);
  t.like(bench.takeNotice("peer-closed"), { peer: 0, reason: "not-reading", isFault: false });
  await bench.fill();
  t.is(waiting?.takeMessagesOf("block").length, 1);
  await bench.advance(60_000);
  t.false(second?.isClosed, "there is memory again");
});

test("case 52: a hundred peers that read nothing leave upload memory for the others", async (t) => {
  const bench = await WorkerBench.start({ uploadBytes: 1_024 * wireBlock });
  const torrent = await bench.openTorrent({ had: "#", pieceLengthBytes: 4_194_304, maxPeers: 101 });
  const peers = [];
  for (let id = 0; id < 101; id++)
    peers.push(await bench.meet(torrent, String.fromCharCode(1 + id)));
  await bench.unchoke(torrent, ...peers.keys());
  for (const peer of peers.slice(0, 100)) {
    // A quick peer gets large batches; then it reads nothing more.
    peer.stream.arrive(encodeBlocks(31));
    await bench.fillAll();
    peer.stream.isReading = false;
    peer.stream.arrive(encodeBlocks(128));
    await bench.fillAll();
  }
  const honest = peers.at(-1);
  honest?.takeMessages();
  honest?.request(0, 0);
  await bench.fillAll();
  t.is(honest?.takeMessagesOf("block").length, 1);
  const { freeBytes, totalBytes } = bench.worker.uploads;
  t.true(freeBytes > totalBytes / 8, `${freeBytes / wireBlock} blocks are free`);
});

test("case 52: all peers that read nothing for ten seconds are closed, until an eighth of the memory is free", async (t) => {
  const bench = await WorkerBench.start({ uploadBytes: 32 * wireBlock });
  const torrent = await bench.openTorrent({ had: "#", pieceLengthBytes: 262_144, maxPeers: 40 });
  const peers = [];
  for (let id = 0; id < 40; id++)
    peers.push(await bench.meet(torrent, String.fromCharCode(1 + id)));
  await bench.unchoke(torrent, ...peers.keys());
  for (const peer of peers) {
    peer.takeMessages();
    peer.stream.isReading = false;
    peer.request(0, 0);
    await bench.fillAll();
  }
  await bench.advance(9_000);
  t.is(peers.filter(({ isClosed }) => isClosed).length, 0);
  await bench.advance(1_500);
  t.is(peers.filter(({ isClosed }) => isClosed).length, 4);
});
