import test from "ava";
import { PeerStep, peerNote, readInput, torrentOf, type TorrentId } from "../../src/index.ts";

const addresses = ["45.10.2.1", "127.0.0.1", "2001:db8::7", "::1"];

for (const host of addresses) {
  test(`a note says which peer was in hand: ${host}`, (t) => {
    const note = peerNote(host, 51_413);
    note[0] = PeerStep.messages;
    note[1] = 3;
    t.deepEqual(readInput(note), {
      step: PeerStep.messages,
      torrent: 3 as TorrentId,
      peer: { host, port: 51_413 },
    });
  });
}

test("a note that was cleared says nothing", (t) => {
  const note = peerNote("45.10.2.1", 6881);
  note.fill(0);
  t.is(readInput(note), undefined);
});

test("a step without torrent or peer is a step", (t) => {
  t.deepEqual(readInput(Int32Array.of(5, 0, 0, 0, 0, 0, 0, 0)), {
    step: 5,
    torrent: undefined,
    peer: undefined,
  });
});

test("what is no address is no peer", (t) => {
  const note = peerNote("not an address", 6881);
  note[0] = PeerStep.handshake;
  t.is(readInput(note)?.peer, undefined);
});

test("a message says which torrent it is about", (t) => {
  t.is(torrentOf({ torrent: 7 }), 7);
  t.is(torrentOf({ slab: 7 }), 0);
});
