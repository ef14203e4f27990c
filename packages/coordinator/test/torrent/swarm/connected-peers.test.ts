import test from "ava";
import type { PeerRowIndex } from "@troupe/messages";
import { ConnectedPeers, type ConnectedPeer } from "../../../src/torrent/swarm/connected-peers.ts";

const rowIndex = (index: number) => index as PeerRowIndex;

function peer(peerId: string, over: Partial<ConnectedPeer> = {}): ConnectedPeer {
  return {
    worker: 0,
    host: "10.0.0.1",
    port: 6881,
    subscriber: undefined,
    peerId,
    isIncoming: false,
    isWebSeed: false,
    admittedAtMs: 0,
    version: "v1",
    passedPieces: 0,
    rowIndex: undefined,
    ...over,
  };
}

const dialled = { isIncoming: false, host: "10.0.0.1", port: 6881 };

test("a peer counts from its admission and is connected from its opening", (t) => {
  const peers = new ConnectedPeers();
  peers.admit(peer("a"));
  t.is(peers.size, 1);
  t.is(peers.connectedCount, 0);
  t.deepEqual([...peers.connected()], []);
  t.is(peers.opened(0, "a", rowIndex(3), dialled)?.peerId, "a");
  t.is(peers.connectedCount, 1);
  t.is(peers.at(0, rowIndex(3))?.peerId, "a");
});

test("the opening of a connection that was not admitted finds no peer", (t) => {
  const peers = new ConnectedPeers();
  peers.admit(peer("a", { worker: 1 }));
  t.is(peers.opened(0, "b", rowIndex(0), dialled), undefined);
  t.is(peers.opened(0, "a", rowIndex(0), dialled), undefined, "admitted at another worker");
  t.is(peers.connectedCount, 0);
});

test("of two connections with one peer only the admitted one opens", (t) => {
  const peers = new ConnectedPeers();
  peers.admit(peer("a", { isIncoming: true, port: 50_000 }));
  peers.admit(peer("a"));
  const incoming = { isIncoming: true, host: "10.0.0.1", port: 50_000 };
  t.is(peers.opened(0, "a", rowIndex(0), incoming), undefined);
  t.is(peers.opened(0, "a", rowIndex(1), dialled)?.rowIndex, rowIndex(1));
});

test("a closed peer is forgotten, and another peer can use its row", (t) => {
  const peers = new ConnectedPeers();
  peers.admit(peer("a"));
  peers.opened(0, "a", rowIndex(0), dialled);
  t.is(peers.closed(0, rowIndex(0))?.peerId, "a");
  t.is(peers.size, 0);
  t.is(peers.closed(0, rowIndex(0)), undefined);
  peers.admit(peer("b"));
  peers.opened(0, "b", rowIndex(0), dialled);
  t.is(peers.at(0, rowIndex(0))?.peerId, "b");
});

test("rows of two workers are different rows", (t) => {
  const peers = new ConnectedPeers();
  peers.admit(peer("a"));
  peers.admit(peer("b", { worker: 1 }));
  peers.opened(0, "a", rowIndex(0), dialled);
  peers.opened(1, "b", rowIndex(0), dialled);
  t.is(peers.closed(0, rowIndex(0))?.peerId, "a");
  t.is(peers.at(1, rowIndex(0))?.peerId, "b");
});

test("the close of a replaced connection does not forget its successor", (t) => {
  const peers = new ConnectedPeers();
  peers.admit(peer("a", { isIncoming: true, port: 50_000 }));
  peers.opened(0, "a", rowIndex(0), { isIncoming: true, host: "10.0.0.1", port: 50_000 });
  peers.admit(peer("a"));
  t.is(peers.closed(0, rowIndex(0))?.isIncoming, true);
  t.is(peers.byPeerId("a")?.isIncoming, false);
});

test("all peers of a crashed worker are forgotten, open or not", (t) => {
  const peers = new ConnectedPeers();
  peers.admit(peer("a"));
  peers.admit(peer("b"));
  peers.admit(peer("c", { worker: 1 }));
  peers.opened(0, "b", rowIndex(0), dialled);
  const gone = peers.removeWorker(0).map(({ peerId }) => peerId);
  t.deepEqual(gone.toSorted(), ["a", "b"]);
  t.is(peers.size, 1);
  t.is(peers.connectedCount, 0);
  t.is(peers.countAt(0), 0);
  t.is(peers.countAt(1), 1);
});

test("a replaced connection is forgotten with its worker too", (t) => {
  const peers = new ConnectedPeers();
  const incoming = { isIncoming: true, host: "10.0.0.1", port: 50_000 };
  peers.admit(peer("a", incoming));
  peers.opened(0, "a", rowIndex(0), incoming);
  peers.admit(peer("a", { worker: 1 }));
  t.is(peers.removeWorker(0).length, 1);
  t.is(peers.connectedCount, 0);
  t.is(peers.byPeerId("a")?.worker, 1);
});

test("an admitted handshake that never opened is forgotten after 15 seconds", (t) => {
  const peers = new ConnectedPeers();
  peers.admit(peer("a"));
  peers.admit(peer("b"));
  peers.opened(0, "b", rowIndex(0), dialled);
  peers.sweep(15_000);
  t.is(peers.size, 2);
  peers.sweep(15_001);
  t.is(peers.byPeerId("a"), undefined);
  t.is(peers.byPeerId("b")?.rowIndex, rowIndex(0));
});

test("counts follow peers that come, replace each other, and go, without a look at the other peers", (t) => {
  const peers = new ConnectedPeers();
  let looks = 0;
  const watched = (id: string, over: Partial<ConnectedPeer>): ConnectedPeer => {
    const made = peer(id, over);
    const { isIncoming } = made;
    return Object.defineProperty(made, "isIncoming", {
      get: () => {
        looks++;
        return isIncoming;
      },
    });
  };
  const counts = () => [
    peers.incomingCount,
    peers.countOf("198.51.100.1"),
    peers.countAt(0),
    peers.countAt(1),
  ];
  const home = { isIncoming: true, subscriber: "198.51.100.1" };
  for (let id = 0; id < 100; id++) peers.admit(watched(`${id}`, { ...home, worker: id % 2 }));
  looks = 0;
  t.deepEqual(counts(), [100, 100, 50, 50]);
  t.is(looks, 0);
  peers.admit(peer("0", { worker: 1 }));
  peers.admit(peer("seed", { ...home, isWebSeed: true }));
  t.deepEqual(counts(), [99, 99, 49, 51]);
  const incoming = { isIncoming: true, host: "10.0.0.1", port: 6881 };
  peers.opened(0, "2", rowIndex(1), incoming);
  peers.closed(0, rowIndex(1));
  peers.closed(0, rowIndex(1));
  t.deepEqual(counts(), [98, 98, 48, 51]);
  peers.removeWorker(1);
  peers.sweep(20_000);
  t.deepEqual(counts(), [0, 0, 0, 0]);
});
