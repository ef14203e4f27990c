import test from "ava";
import { type PeerRowIndex, Total } from "@troupe/messages";

import { content, type ScriptedPeer } from "../support/scripted-peer.ts";
import { type BenchTorrent, WorkerBench } from "../support/worker-bench.ts";

const bothPeers = [0, 1] as PeerRowIndex[];

interface Endgame {
  readonly bench: WorkerBench;
  readonly torrent: BenchTorrent;
  /** Owes the only block of piece 0. */
  readonly sender: ScriptedPeer;
  /** Owes nothing. */
  readonly idle: ScriptedPeer;
}

/** @param hasGiven The idle peer has given a piece. */
async function endgame({ hasGiven = true } = {}): Promise<Endgame> {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..", pieceLengthBytes: 16_384 });
  const sender = await bench.meetSeed(torrent, "a", "#.");
  await bench.lease(torrent, [0]);
  const idle = await bench.meetSeed(torrent, "b", "##");
  await bench.lease(torrent, hasGiven ? [1] : []);
  idle.answer(idle.takeMessagesOf("request"));
  await bench.settle();
  await bench.lease(torrent, [], { nothingFor: bothPeers });
  bench.takeAllSealed();
  return { bench, torrent, sender, idle };
}

test("endgame: a block that comes byte by byte is requested from an idle peer that has given blocks", async (t) => {
  const { bench, torrent, sender, idle } = await endgame();
  sender.block(0, 0, 16_384, 13 + 100);
  await bench.advance(1_000);
  t.deepEqual(idle.takeMessagesOf("request"), []);
  await bench.advance(2_000);
  t.deepEqual(idle.takeMessagesOf("request"), ["request 0 0 16384"]);
  t.is(torrent.table.totals[Total.wastedBytes], 100);
  idle.block(0, 0);
  await bench.settle();
  t.is(bench.takeAllSealed().length, 1);
  sender.stream.arrive(content(100, 16_384 - 100));
  t.false(sender.isClosed, "the rest of its block is no fault");
});

test("endgame: a block that is soon whole stays with its sender", async (t) => {
  const { bench, sender, idle } = await endgame();
  sender.block(0, 0, 16_384, 13 + 10_000);
  await bench.advance(3_000);
  t.deepEqual(idle.takeMessagesOf("request"), []);
});

test("endgame: a block that comes byte by byte stays with its sender while no other peer has given blocks", async (t) => {
  const { bench, sender, idle } = await endgame({ hasGiven: false });
  sender.block(0, 0, 16_384, 13 + 100);
  await bench.advance(10_000);
  t.deepEqual(idle.takeMessagesOf("request"), []);
});
