import test from "ava";
import { torrentWeight } from "@troupe/messages";

import { WaitingGroups } from "../../src/rate-limits/waiting-groups.ts";

const block = 16_384;

function peerOf(name: string, group: string | undefined, weight = 1) {
  return { name, torrent: { group, weight: torrentWeight(weight) } };
}

type TestPeer = ReturnType<typeof peerOf>;

function waitingGroups(...peers: readonly TestPeer[]) {
  const waiting = new WaitingGroups<TestPeer, string>();
  for (const peer of peers) waiting.add(peer, "first");
  return waiting;
}

/** Looks with so many turns each. @param mayServe Whether a peer gets its turn. @returns Names in the order of the turns. */
function turnsOf(
  waiting: WaitingGroups<TestPeer, string>,
  looks: number,
  turns: number,
  mayServe: (peer: TestPeer) => boolean = () => true,
): string {
  const names: string[] = [];
  for (let look = 0; look < looks; look++) {
    let left = turns;
    for (const [peer] of waiting.inOrder()) {
      if (left-- === 0) break;
      if (!mayServe(peer)) continue;
      waiting.beginTurn(peer);
      names.push(peer.name);
      waiting.add(peer, "again");
      waiting.endTurn(peer, block);
    }
  }
  return names.join("");
}

const countOf = (names: string, name: string): number => names.split(name).length - 1;

test("L09: groups have turns by the weights of their waiting peers", (t) => {
  const waiting = waitingGroups(
    peerOf("a", "films", 2),
    peerOf("b", "films"),
    peerOf("c", "books"),
    peerOf("d", undefined, 2),
  );
  t.deepEqual([waiting.size, waiting.turns], [4, 6]);
  const names = turnsOf(waiting, 600, 1);
  t.deepEqual(
    ["a", "b", "c", "d"].map((name) => countOf(names, name)),
    [200, 100, 100, 200],
  );
});

test("L09: a group that waits for its own limit keeps the shares of its peers, however much others get", (t) => {
  const waiting = waitingGroups(
    peerOf("h", "slow", 4),
    peerOf("l", "slow"),
    peerOf("x", "fast"),
    peerOf("y", undefined),
  );
  const served: string[] = [];
  for (let look = 0; look < 500; look++) {
    // The slow group has a block for every tenth look.
    let blocks = look % 10 === 0 ? 1 : 0;
    const mayServe = ({ torrent }: TestPeer): boolean => torrent.group !== "slow" || blocks-- > 0;
    served.push(turnsOf(waiting, 1, 20, mayServe));
  }
  const names = served.join("");
  t.deepEqual([countOf(names, "h"), countOf(names, "l")], [40, 10]);
  t.true(countOf(names, "x") > 1_000);
  t.true(Math.abs(countOf(names, "x") - countOf(names, "y")) <= 1);
});

test("L09: a group that waited for its own limit does not make up for it", (t) => {
  const waiting = waitingGroups(peerOf("s", "slow"), peerOf("x", undefined));
  turnsOf(waiting, 100, 10, ({ name }) => name === "x");
  const names = turnsOf(waiting, 20, 1);
  t.true(Math.abs(countOf(names, "s") - countOf(names, "x")) <= 2, names);
});

test("a peer that leaves has no turn, and its empty group is forgotten", (t) => {
  const [a, b] = [peerOf("a", "films"), peerOf("b", "books")];
  const waiting = waitingGroups(a, b);
  waiting.remove(a);
  waiting.remove(a);
  t.deepEqual([waiting.size, waiting.has(a), waiting.get(b)], [1, false, "first"]);
  t.is(turnsOf(waiting, 3, 1), "bbb");
  t.deepEqual(
    [...waiting.peers()].map(({ name }) => name),
    ["b"],
  );
  waiting.remove(b);
  t.deepEqual([waiting.size, waiting.turns, turnsOf(waiting, 1, 1)], [0, 0, ""]);
});
