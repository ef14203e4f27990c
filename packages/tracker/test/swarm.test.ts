import test from "ava";
import { Swarm, type TrackedPeer } from "../src/swarm.ts";

function peerAt(port: number, leftBytes = 1): TrackedPeer {
  return { host: "192.0.2.1", port, family: 4, peerId: new Uint8Array(20), leftBytes };
}

function swarmOf(...peers: TrackedPeer[]): Swarm {
  const swarm = new Swarm(100);
  for (const [index, peer] of peers.entries()) swarm.announce(peer, index);
  return swarm;
}

const first = (): number => 0;

function ports(peers: readonly TrackedPeer[]): number[] {
  return peers.map((peer) => peer.port).toSorted((left, right) => left - right);
}

test("a peer gets all other peers", (t) => {
  const swarm = swarmOf(peerAt(1), peerAt(2), peerAt(3));
  t.deepEqual(ports(swarm.pick(peerAt(2), 50, first)), [1, 3]);
});

test("a peer gets at most the wanted number of peers, from a random place on", (t) => {
  const swarm = swarmOf(peerAt(1), peerAt(2), peerAt(3), peerAt(4));
  t.deepEqual(
    swarm.pick(peerAt(9), 2, () => 3).map((peer) => peer.port),
    [4, 1],
  );
});

test("a seed gets leechers only, a leecher gets both", (t) => {
  const swarm = swarmOf(peerAt(1, 0), peerAt(2, 0), peerAt(3));
  t.deepEqual(ports(swarm.pick(peerAt(1, 0), 50, first)), [3]);
  t.deepEqual(ports(swarm.pick(peerAt(3), 50, first)), [1, 2]);
});

test("a peer that announces again is counted once, with its newest state", (t) => {
  const swarm = swarmOf(peerAt(1), peerAt(2), peerAt(1, 0));
  t.is(swarm.peerCount, 2);
  t.is(swarm.seedCount, 1);
});

test("the peer that announced longest ago is dropped when the swarm is full", (t) => {
  const swarm = new Swarm(2);
  for (const [nowMs, port] of [1, 2, 1, 3].entries()) swarm.announce(peerAt(port), nowMs);
  t.deepEqual(ports(swarm.peers()), [1, 3]);
});

test("peers silent since before the limit are forgotten, the others stay", (t) => {
  const swarm = swarmOf(peerAt(1, 0), peerAt(2, 0), peerAt(3));
  swarm.expire(2);
  t.deepEqual(ports(swarm.peers()), [3]);
  t.is(swarm.seedCount, 0);
});

test("in any order, peers that left are never returned and the others always are", (t) => {
  const all = [1, 2, 3, 4, 5];
  for (const leaver of all) {
    const swarm = swarmOf(...all.map((port) => peerAt(port)));
    swarm.leave(peerAt(leaver));
    swarm.leave(peerAt(leaver));
    const others = all.filter((port) => port !== leaver);
    t.deepEqual(ports(swarm.pick(peerAt(9), 50, first)), others);
    t.deepEqual(ports(swarm.peers()), others);
  }
});
