import test from "ava";
import type { PeerSlot } from "@troupe/messages";
import { PeerRoll, type RolledPeer } from "../../src/torrent/peer-roll.ts";

const slot = (index: number) => index as PeerSlot;

function peer(peerId: string, over: Partial<RolledPeer> = {}): RolledPeer {
  return {
    worker: 0,
    host: "10.0.0.1",
    port: 6881,
    subscriber: undefined,
    peerId,
    peerIdBytes: new Uint8Array(20),
    isIncoming: false,
    admittedAtMs: 0,
    passedPieces: 0,
    slot: undefined,
    ...over,
  };
}

const dialled = { isIncoming: false, host: "10.0.0.1", port: 6881 };

test("a peer counts from its admission and is connected from its opening", (t) => {
  const roll = new PeerRoll();
  roll.admit(peer("a"));
  t.is(roll.size, 1);
  t.is(roll.connectedCount, 0);
  t.deepEqual([...roll.connected()], []);
  t.is(roll.opened(0, "a", slot(3), dialled)?.peerId, "a");
  t.is(roll.connectedCount, 1);
  t.is(roll.at(0, slot(3))?.peerId, "a");
});

test("an opening that was not admitted is nobody's", (t) => {
  const roll = new PeerRoll();
  roll.admit(peer("a", { worker: 1 }));
  t.is(roll.opened(0, "b", slot(0), dialled), undefined);
  t.is(roll.opened(0, "a", slot(0), dialled), undefined, "admitted at another worker");
  t.is(roll.connectedCount, 0);
});

test("of two connections with one peer only the admitted one opens", (t) => {
  const roll = new PeerRoll();
  roll.admit(peer("a", { isIncoming: true, port: 50_000 }));
  roll.admit(peer("a"));
  const incoming = { isIncoming: true, host: "10.0.0.1", port: 50_000 };
  t.is(roll.opened(0, "a", slot(0), incoming), undefined);
  t.is(roll.opened(0, "a", slot(1), dialled)?.slot, slot(1));
});

test("a closed peer is forgotten, and its slot may be another's", (t) => {
  const roll = new PeerRoll();
  roll.admit(peer("a"));
  roll.opened(0, "a", slot(0), dialled);
  t.is(roll.closed(0, slot(0))?.peerId, "a");
  t.is(roll.size, 0);
  t.is(roll.closed(0, slot(0)), undefined);
  roll.admit(peer("b"));
  roll.opened(0, "b", slot(0), dialled);
  t.is(roll.at(0, slot(0))?.peerId, "b");
});

test("the slots of two workers are different slots", (t) => {
  const roll = new PeerRoll();
  roll.admit(peer("a"));
  roll.admit(peer("b", { worker: 1 }));
  roll.opened(0, "a", slot(0), dialled);
  roll.opened(1, "b", slot(0), dialled);
  t.is(roll.closed(0, slot(0))?.peerId, "a");
  t.is(roll.at(1, slot(0))?.peerId, "b");
});

test("the close of a replaced connection does not forget its successor", (t) => {
  const roll = new PeerRoll();
  roll.admit(peer("a", { isIncoming: true, port: 50_000 }));
  roll.opened(0, "a", slot(0), { isIncoming: true, host: "10.0.0.1", port: 50_000 });
  roll.admit(peer("a"));
  t.is(roll.closed(0, slot(0))?.isIncoming, true);
  t.is(roll.byPeerId("a")?.isIncoming, false);
});

test("all peers of a worker that is gone are forgotten, open or not", (t) => {
  const roll = new PeerRoll();
  roll.admit(peer("a"));
  roll.admit(peer("b"));
  roll.admit(peer("c", { worker: 1 }));
  roll.opened(0, "b", slot(0), dialled);
  const gone = roll.workerGone(0).map(({ peerId }) => peerId);
  t.deepEqual(gone.toSorted(), ["a", "b"]);
  t.is(roll.size, 1);
  t.is(roll.connectedCount, 0);
  t.is(roll.countAt(0), 0);
  t.is(roll.countAt(1), 1);
});

test("a replaced connection goes with its worker too", (t) => {
  const roll = new PeerRoll();
  const incoming = { isIncoming: true, host: "10.0.0.1", port: 50_000 };
  roll.admit(peer("a", incoming));
  roll.opened(0, "a", slot(0), incoming);
  roll.admit(peer("a", { worker: 1 }));
  t.is(roll.workerGone(0).length, 1);
  t.is(roll.connectedCount, 0);
  t.is(roll.byPeerId("a")?.worker, 1);
});

test("an admitted handshake that never opened is forgotten after 15 seconds", (t) => {
  const roll = new PeerRoll();
  roll.admit(peer("a"));
  roll.admit(peer("b"));
  roll.opened(0, "b", slot(0), dialled);
  roll.sweep(15_000);
  t.is(roll.size, 2);
  roll.sweep(15_001);
  t.is(roll.byPeerId("a"), undefined);
  t.is(roll.byPeerId("b")?.slot, slot(0));
});
