import test from "ava";
import { RateShare, torrentWeight } from "@troupe/messages";

import type { ScriptedPeer } from "../support/scripted-peer.ts";
import { type BenchTorrent, WorkerBench } from "../support/worker-bench.ts";

const block = 16_384;
const rate = 1_000_000;

interface Scene {
  readonly bench: WorkerBench;
  readonly torrent: BenchTorrent;
  readonly share: RateShare;
}

/** A torrent of sixteen leased pieces of four blocks, under a download limit without grants yet. */
async function scene(limit = rate, peerLimit = 0): Promise<Scene> {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".".repeat(16), pieceLengthBytes: 4 * block });
  const share = new RateShare();
  share.down.setRates(limit, peerLimit);
  await bench.send("set-limits", { limits: share.memory });
  await bench.lease(torrent, [0, 1, 2, 3, 4, 5, 6, 7]);
  return { bench, torrent, share };
}

const meet = (bench: WorkerBench, torrent: BenchTorrent, id: string, hasFast = false) =>
  bench.meetSeed(torrent, id, "#".repeat(16), { hasFast });

const requestsOf = (peer: ScriptedPeer) => peer.takeMessagesOf("request").length;

test("as many whole blocks are requested as bytes are granted", async (t) => {
  const { bench, torrent, share } = await scene();
  const peer = await meet(bench, torrent, "a");
  t.is(requestsOf(peer), 0);
  t.deepEqual([share.down.waitingWeight, share.down.wantedBytes], [1, 4 * block]);
  share.down.grant(2 * block + 5_000);
  await bench.advance(25);
  t.is(requestsOf(peer), 2);
  t.is(share.down.grantedBytes, 5_000);
  t.deepEqual([share.down.waitingWeight, share.down.wantedBytes], [1, 2 * block]);
  share.down.grant(block);
  await bench.advance(25);
  t.is(requestsOf(peer), 1);
});

test("D10: peers that wait take turns, a block each while bytes are few", async (t) => {
  const { bench, torrent, share } = await scene();
  const peers = [
    await meet(bench, torrent, "a"),
    await meet(bench, torrent, "b"),
    await meet(bench, torrent, "c"),
  ];
  const turns: number[] = [];
  for (let grant = 0; grant < 6; grant++) {
    share.down.grant(block);
    await bench.advance(25);
    turns.push(peers.findIndex((peer) => requestsOf(peer) === 1));
  }
  t.deepEqual(turns, [0, 1, 2, 0, 1, 2]);
  share.down.grant(6 * block);
  await bench.advance(25);
  t.deepEqual(peers.map(requestsOf), [2, 2, 2]);
});

for (const [what, hasFast, act] of [
  ["rejects", true, (peer: ScriptedPeer, heard: string[]) => peer.rejectAll(heard)],
  ["chokes us without the fast extension", false, (peer: ScriptedPeer) => peer.choke()],
  ["disconnects", false, (peer: ScriptedPeer) => peer.stream.hangUp()],
] as const) {
  test(`the bytes of requests return when the peer ${what}`, async (t) => {
    const { bench, torrent, share } = await scene();
    const peer = await meet(bench, torrent, "a", hasFast);
    share.down.grant(4 * block);
    await bench.advance(25);
    const heard = peer.takeMessagesOf("request");
    t.is(heard.length, 4);
    t.is(share.down.grantedBytes, 0);
    act(peer, heard);
    await bench.settle();
    t.is(share.down.grantedBytes, 4 * block);
  });
}

test("the bytes return with a cancel, and a block that arrives all the same is charged", async (t) => {
  const { bench, torrent, share } = await scene();
  const peer = await meet(bench, torrent, "a");
  share.down.grant(2 * block);
  await bench.advance(25);
  const heard = peer.takeMessagesOf("request");
  await bench.send("set-paused", { torrent: torrent.id, isPaused: true });
  t.is(share.down.grantedBytes, 2 * block);
  peer.answer(heard.slice(0, 1));
  t.is(share.down.grantedBytes, block);
});

test("blocks that come late leave a debt of a burst at most", async (t) => {
  const { bench, torrent, share } = await scene(1_000);
  const peer = await meet(bench, torrent, "a");
  share.down.grant(4 * block);
  await bench.advance(25);
  const heard = peer.takeMessagesOf("request");
  t.is(heard.length, 4);
  await bench.send("set-paused", { torrent: torrent.id, isPaused: true });
  t.is(share.down.grantedBytes, block, "a burst of this limit");
  peer.answer(heard);
  t.is(share.down.grantedBytes, -block);
});

test("a peer that waits alone needs no turn", async (t) => {
  const { bench, torrent, share } = await scene();
  const peer = await meet(bench, torrent, "a");
  share.down.grant(block);
  await bench.advance(25);
  const heard = peer.takeMessagesOf("request");
  t.is(heard.length, 1);
  share.down.grant(8 * block);
  peer.answer(heard);
  t.true(requestsOf(peer) >= 4);
  t.is(share.down.waitingWeight, 0);
});

test("a block that was requested before there was a limit returns no bytes", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "....", pieceLengthBytes: 4 * block });
  const peer = await bench.meetSeed(torrent, "a", "####");
  await bench.lease(torrent, [0]);
  t.is(requestsOf(peer), 4);
  const share = new RateShare();
  share.down.setRates(rate, 0);
  await bench.send("set-limits", { limits: share.memory });
  peer.choke();
  await bench.settle();
  t.is(share.down.grantedBytes, 0);
});

test("a peer that finds no piece in its turn leaves the bytes to the others", async (t) => {
  const { bench, torrent, share } = await scene();
  const empty = await bench.meetSeed(torrent, "a", `${".".repeat(15)}#`);
  const peer = await meet(bench, torrent, "b");
  share.down.grant(2 * block);
  await bench.advance(50);
  t.is(requestsOf(empty), 0);
  t.is(requestsOf(peer), 2);
  t.is(share.down.waitingWeight, 1);
});

test("D10: the budget of each peer begins with a block, and is filled by time", async (t) => {
  const { bench, torrent } = await scene(0, block);
  const peers = [
    await bench.meet(torrent, "a", "#".repeat(16)),
    await bench.meet(torrent, "b", "#".repeat(16)),
  ];
  for (const peer of peers) peer.unchoke();
  await bench.advance(25);
  t.deepEqual(peers.map(requestsOf), [1, 1]);
  await bench.advance(900);
  t.deepEqual(peers.map(requestsOf), [0, 0]);
  await bench.advance(150);
  t.deepEqual(peers.map(requestsOf), [1, 1]);
});

test("D10: a limit of each peer that is set later does not count earlier transfers", async (t) => {
  const { bench, torrent, share } = await scene();
  const peer = await meet(bench, torrent, "a");
  for (let at = 0; at < 4; at++) {
    share.down.grant(4 * block);
    await bench.advance(25);
    peer.answer(peer.takeMessagesOf("request"));
  }
  await bench.advance(25);
  peer.takeMessagesOf("request");
  share.down.recall();
  share.down.setRates(rate, block);
  await bench.send("set-limits", { limits: share.memory });
  share.down.grant(8 * block);
  await bench.advance(1_025);
  t.true(requestsOf(peer) >= 1);
});

test("D10: the limit of a torrent does not hold back the peers of another", async (t) => {
  const bench = await WorkerBench.start();
  const limited = await bench.openTorrent({ had: "....", pieceLengthBytes: 4 * block });
  const free = await bench.openTorrent({ had: "....", pieceLengthBytes: 4 * block });
  const share = new RateShare();
  share.down.setRates(rate, 0);
  await bench.send("set-torrent-limits", { torrent: limited.id, limits: share.memory });
  for (const torrent of [limited, free]) await bench.lease(torrent, [0, 1]);
  const waiting = await bench.meetSeed(limited, "a", "####");
  const peer = await bench.meetSeed(free, "b", "####");
  t.deepEqual([requestsOf(waiting), requestsOf(peer)], [0, 0], "asked for before it was heard");
  peer.answer(["request 0 0 16384"]);
  t.true(requestsOf(peer) > 0);
  await bench.send("set-torrent-limits", { torrent: limited.id });
  t.true(requestsOf(waiting) > 0, "the limit is removed");
  t.is(bench.worker.rateLimits, undefined);
});

test("L07: a torrent's new weight counts for its peers that wait already, and without limits too", async (t) => {
  const { bench, torrent, share } = await scene();
  await meet(bench, torrent, "a");
  t.is(share.down.waitingWeight, 1);
  await bench.send("set-weight", { torrent: torrent.id, weight: torrentWeight(2) });
  t.is(share.down.waitingWeight, 2);
  await bench.send("set-limits", {});
  t.is(share.down.waitingWeight, 0);
  await bench.send("set-weight", { torrent: torrent.id, weight: torrentWeight(0.5) });
  t.is(bench.worker.torrents.get(torrent.id)?.weight, torrentWeight(0.5));
});

test("messages count as protocol bytes of the share, and are not delayed", async (t) => {
  const { bench, torrent, share } = await scene();
  const before = share.down.protocolBytes;
  const peer = await meet(bench, torrent, "a");
  t.true(share.down.protocolBytes > before);
  const sent = share.up.protocolBytes;
  share.down.grant(block);
  await bench.advance(25);
  t.is(requestsOf(peer), 1);
  t.is(share.up.protocolBytes, sent + 17);
});

test("no timer runs while no peer waits", async (t) => {
  const { bench, torrent, share } = await scene();
  const { pending } = bench.time;
  const peer = await meet(bench, torrent, "a");
  t.is(bench.time.pending, pending + 1);
  peer.stream.hangUp();
  share.down.grant(block);
  await bench.advance(25);
  t.is(bench.time.pending, pending);
  t.is(share.down.waitingWeight, 0);
});

test("L09: torrents of a group wait for the limit of the group alone, until they leave it or it ends", async (t) => {
  const bench = await WorkerBench.start();
  const share = new RateShare();
  share.down.setRates(rate, 0);
  await bench.send("set-limits", { group: "films", limits: share.memory });
  const open = async (id: string, group?: string) => {
    const shape = { had: ".".repeat(16), pieceLengthBytes: 4 * block };
    const torrent = await bench.openTorrent(shape);
    if (group !== undefined) await bench.send("set-torrent-limits", { torrent: torrent.id, group });
    const peer = await meet(bench, torrent, id);
    await bench.lease(torrent, [0, 1, 2, 3, 4, 5, 6, 7]);
    return { torrent, peer };
  };
  const [one, other] = [await open("a", "films"), await open("b", "films")];
  const [outside, books] = [await open("c"), await open("d", "books")];
  t.true(requestsOf(outside.peer) > 0);
  t.true(requestsOf(books.peer) > 0, "a group without limits");
  t.deepEqual([requestsOf(one.peer), requestsOf(other.peer)], [0, 0]);
  t.is(share.down.waitingWeight, 2);
  share.down.grant(4 * block);
  await bench.advance(25);
  t.deepEqual([requestsOf(one.peer), requestsOf(other.peer)], [2, 2]);
  t.is(share.down.grantedBytes, 0);
  await bench.send("set-torrent-limits", { torrent: one.torrent.id });
  t.true(requestsOf(one.peer) > 0, "it has left the group");
  t.is(share.down.waitingWeight, 1);
  await bench.send("set-limits", { group: "films" });
  t.true(requestsOf(other.peer) > 0, "the group has no limits any more");
});

test("L09: the limits of a torrent, its group and all torrents hold together", async (t) => {
  const { bench, torrent, share: engine } = await scene();
  const [own, group] = [new RateShare(), new RateShare()];
  for (const share of [own, group]) share.down.setRates(rate, 0);
  await bench.send("set-limits", { group: "films", limits: group.memory });
  await bench.send("set-torrent-limits", {
    torrent: torrent.id,
    group: "films",
    limits: own.memory,
  });
  const peer = await meet(bench, torrent, "a");
  const shares = [own.down, group.down, engine.down];
  for (const [at, share] of shares.entries()) {
    t.is(requestsOf(peer), 0, `${at} of three`);
    share.grant(2 * block);
    await bench.advance(25);
  }
  t.is(requestsOf(peer), 2);
  t.deepEqual(
    shares.map(({ grantedBytes }) => grantedBytes),
    [0, 0, 0],
  );
});
