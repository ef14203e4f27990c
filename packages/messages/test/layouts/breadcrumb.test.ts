import test from "ava";
import {
  PeerStep,
  peerBreadcrumb,
  readBreadcrumb,
  torrentOf,
  type TorrentId,
} from "../../src/index.ts";

const addresses = ["45.10.2.1", "127.0.0.1", "2001:db8::7", "::1"];

for (const host of addresses) {
  test(`a note says which peer was in hand: ${host}`, (t) => {
    const breadcrumb = peerBreadcrumb(host, 51_413);
    breadcrumb[0] = PeerStep.messages;
    breadcrumb[1] = 3;
    t.deepEqual(readBreadcrumb(breadcrumb), {
      step: PeerStep.messages,
      torrent: 3 as TorrentId,
      peer: { host, port: 51_413 },
    });
  });
}

test("a note that was cleared says nothing", (t) => {
  const breadcrumb = peerBreadcrumb("45.10.2.1", 6881);
  breadcrumb.fill(0);
  t.is(readBreadcrumb(breadcrumb), undefined);
});

test("a step without torrent or peer is a step", (t) => {
  t.deepEqual(readBreadcrumb(Int32Array.of(5, 0, 0, 0, 0, 0, 0, 0)), {
    step: 5,
    torrent: undefined,
    peer: undefined,
  });
});

test("what is no address is no peer", (t) => {
  const breadcrumb = peerBreadcrumb("not an address", 6881);
  breadcrumb[0] = PeerStep.handshake;
  t.is(readBreadcrumb(breadcrumb)?.peer, undefined);
});

test("a message says which torrent it is about", (t) => {
  t.is(torrentOf({ torrent: 7 }), 7);
  t.is(torrentOf({ slab: 7 }), 0);
});
