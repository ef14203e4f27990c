import test from "ava";
import { torrentWeight } from "@troupe/messages";

import { WaitingPeers } from "../../src/rate-limits/waiting-peers.ts";

const block = 16_384;

function peerOf(name: string, weight: number) {
  return { name, torrent: { weight: torrentWeight(weight) } };
}

type TestPeer = ReturnType<typeof peerOf>;

/** Peers that wait again after each turn. @returns Their names in the order of the turns. */
function turnsOf(peers: WaitingPeers<TestPeer, string>, turns: number, bytes = block): string {
  const names: string[] = [];
  for (const [peer] of peers.inOrder()) {
    if (names.length === turns) break;
    peers.beginTurn(peer);
    names.push(peer.name);
    peers.add(peer, "again");
    peers.endTurn(peer, bytes);
  }
  return names.join("");
}

function waitingPeers(...weights: readonly number[]) {
  const peers = weights.map((weight, at) => peerOf("abcdef".charAt(at), weight));
  const waiting = new WaitingPeers<TestPeer, string>();
  for (const peer of peers) waiting.add(peer, "first");
  return { peers, waiting };
}

test("peers of one weight have turns in the order in which they began to wait", (t) => {
  for (const weight of [1, 2, 8]) {
    const { waiting } = waitingPeers(weight, weight, weight);
    t.deepEqual([waiting.weight, waiting.leastWeight], [3 * weight, weight]);
    t.is(turnsOf(waiting, 7), "abcabca");
  }
});

test("a heavier peer has more turns, spread over the round", (t) => {
  const { waiting } = waitingPeers(1, 2);
  t.is(turnsOf(waiting, 9), "babbabbab");
});

test("over rounds peers of weights 1, 2 and 8 have turns by their weights", (t) => {
  const { waiting } = waitingPeers(1, 2, 8, 8);
  t.deepEqual([waiting.weight, waiting.leastWeight], [19, 1]);
  const names = Array.from({ length: 100 }, () => turnsOf(waiting, 19)).join("");
  const counts = ["a", "b", "c", "d"].map((name) => names.split(name).length - 1);
  t.deepEqual(counts, [100, 200, 800, 800]);
});

test("longer turns count more", (t) => {
  const { waiting } = waitingPeers(1, 8);
  t.is(turnsOf(waiting, 2, 8 * block), "ba");
  t.is(turnsOf(waiting, 60, block), "b".repeat(60));
});

test("a peer that begins to wait does not make up for the time before, and waits no longer than others", (t) => {
  const { waiting } = waitingPeers(2, 2);
  turnsOf(waiting, 1_000);
  const late = peerOf("c", 1);
  waiting.add(late, "first");
  const names = turnsOf(waiting, 10);
  t.is(names.split("c").length - 1, 2);
  t.true(names.indexOf("c") < 5, names);
});

test("a peer that does not get its turn stays in its place, and does not hold up others", (t) => {
  const { peers, waiting } = waitingPeers(8, 1, 1);
  const seen: string[] = [];
  for (const [peer] of waiting.inOrder()) {
    if (seen.length === 6) break;
    seen.push(peer.name);
    if (peer === peers[0]) continue;
    waiting.beginTurn(peer);
    waiting.add(peer, "again");
    waiting.endTurn(peer, block);
  }
  t.is(seen.join(""), "abcbcb");
  t.is(turnsOf(waiting, 1), "a");
});

test("a peer that leaves has no turn", (t) => {
  const { peers, waiting } = waitingPeers(1, 2, 1);
  const [a, b] = peers;
  if (a === undefined || b === undefined) throw new Error("bug: no peers");
  waiting.remove(b);
  t.deepEqual([waiting.size, waiting.has(b), waiting.get(a)], [2, false, "first"]);
  t.deepEqual(
    [...waiting.peers()].map(({ name }) => name),
    ["a", "c"],
  );
  waiting.remove(b);
  t.is(turnsOf(waiting, 3), "aca");
});
