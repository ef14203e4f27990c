import test from "ava";
import { RateShare } from "@troupe/messages";

import { encodeRequests } from "../support/many-requests.ts";
import { WorkerBench } from "../support/worker-bench.ts";

const block = 16_384;

/** A complete torrent of two pieces of 16 blocks under an upload limit, and unchoked peers. */
async function scene(peerCount: number) {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "##", pieceLengthBytes: 16 * block });
  const share = new RateShare();
  share.up.setRates(1_000_000, 0);
  await bench.send("set-limits", { limits: share.memory });
  const peers = [];
  for (const id of ["a", "b", "c"].slice(0, peerCount)) peers.push(await bench.meet(torrent, id));
  await bench.unchoke(torrent, ...peers.keys());
  for (const peer of peers) peer.takeMessages();
  const grant = async (bytes: number) => {
    share.up.grant(bytes);
    await bench.advance(25);
  };
  return { bench, torrent, share, peers, grant };
}

test("a batch is no larger than the bytes granted, and a block waits until it has all of its bytes", async (t) => {
  const { bench, peers, share, grant } = await scene(1);
  const [peer] = peers;
  for (let at = 0; at < 8; at++) peer?.request(0, at * block);
  await bench.settle();
  t.is(bench.file.waiting, 0);
  t.is(share.up.waitingWeight, 1);
  await grant(block - 1);
  t.is(bench.file.waiting, 0);
  await grant(1);
  t.like(await bench.fill(), { 0: { lengthBytes: block }, length: 1 });
  await grant(3 * block);
  const runs = await bench.fillAll();
  t.is(
    runs.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0),
    3 * block,
  );
  t.is(share.up.grantedBytes, 0);
  t.is(peer?.takeMessagesOf("block").length, 4);
});

test("the bytes of a read return when its peer has gone meanwhile", async (t) => {
  const { bench, peers, share, grant } = await scene(1);
  const [peer] = peers;
  for (let at = 0; at < 4; at++) peer?.request(0, at * block);
  await bench.settle();
  await grant(4 * block);
  t.true(share.up.grantedBytes < 4 * block);
  peer?.stream.hangUp();
  await bench.settle();
  await bench.fillAll();
  await bench.settle();
  t.is(share.up.grantedBytes, 4 * block);
  t.is(share.up.waitingWeight, 0);
});

test("D10: peers take turns, a block each while bytes are few", async (t) => {
  const { bench, peers, grant } = await scene(3);
  for (const peer of peers) for (let at = 0; at < 4; at++) peer.request(0, at * block);
  await bench.settle();
  const turns: number[] = [];
  for (let turn = 0; turn < 6; turn++) {
    await grant(block);
    await bench.fill();
    turns.push(peers.findIndex((peer) => peer.takeMessagesOf("block").length === 1));
  }
  t.deepEqual(turns, [0, 1, 2, 0, 1, 2]);
});

test("the bytes of a read that the disk refuses return", async (t) => {
  const { bench, peers, share, grant } = await scene(1);
  peers[0]?.request(0, 0);
  await grant(block);
  t.is(share.up.grantedBytes, 0);
  await bench.refuseRead({ refused: "queue-full", message: "later" });
  await bench.settle();
  t.is(share.up.grantedBytes, block);
});

test("a peer that is choked or closed waits no more", async (t) => {
  const { bench, torrent, peers, share } = await scene(2);
  for (const peer of peers) peer.request(0, 0);
  await bench.settle();
  t.is(share.up.waitingWeight, 2);
  await bench.unchoke(torrent, 1);
  t.is(share.up.waitingWeight, 1);
  peers[1]?.stream.hangUp();
  await bench.settle();
  t.is(share.up.waitingWeight, 0);
  t.is(share.up.wantedBytes, 0);
});

test("a peer whose waiting requests are rejected or cancelled waits no more", async (t) => {
  const { bench, torrent, peers, share } = await scene(1);
  const fast = await bench.meet(torrent, "f", undefined, { hasFast: true });
  await bench.unchoke(torrent, 0, 1);
  for (const peer of [...peers, fast]) peer.request(1, 0);
  await bench.settle();
  t.is(share.up.waitingWeight, 2);
  await bench.unchoke(torrent, 0);
  t.is(share.up.waitingWeight, 1);
  peers[0]?.cancel(1, 0);
  await bench.settle();
  t.is(share.up.waitingWeight, 0);
  t.is(share.up.wantedBytes, 0);
});

test("a peer waits no more when its short requests need fewer bytes than whole blocks", async (t) => {
  const { bench, peers, share, grant } = await scene(1);
  const [peer] = peers;
  // Batches grow.
  for (let at = 0; at < 8; at++) peer?.request(0, at * block);
  await grant(8 * block);
  await bench.fillAll();
  t.is(peer?.takeMessagesOf("block").length, 8);
  peer?.stream.arrive(encodeRequests(0, 2));
  await bench.settle();
  t.is(share.up.waitingWeight, 1);
  await grant(block);
  await bench.fillAll();
  t.is(peer?.takeMessagesOf("block").length, 2);
  t.is(share.up.waitingWeight, 0);
});
