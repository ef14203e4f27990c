import test from "ava";
import {
  PeerStep,
  breadcrumbHost,
  peerBreadcrumbWriter,
  EngineStep,
  readBreadcrumb,
  readCrash,
  torrentOf,
  type TorrentId,
  writePeerBreadcrumb,
  writeWebSeedBreadcrumb,
} from "../../src/index.ts";

function peerBreadcrumb(host: string, port: number): Int32Array {
  const words = new Int32Array(8);
  writePeerBreadcrumb(words, breadcrumbHost(host), port);
  return words;
}

const addresses = ["45.10.2.1", "127.0.0.1", "2001:db8::7", "::1"];

for (const host of addresses) {
  test(`a breadcrumb names the peer that is handled: ${host}`, (t) => {
    const breadcrumb = peerBreadcrumb(host, 51_413);
    t.is(typeof breadcrumbHost(host), host.includes(":") ? "object" : "number");
    breadcrumb[0] = PeerStep.messages;
    breadcrumb[1] = 3;
    t.deepEqual(readBreadcrumb(breadcrumb), {
      step: PeerStep.messages,
      torrent: 3 as TorrentId,
      peer: { host, port: 51_413 },
      webSeed: undefined,
    });
  });
}

test("a breadcrumb that is written in place is the same as a new one", (t) => {
  const words = new Int32Array(new SharedArrayBuffer(32));
  const write = peerBreadcrumbWriter(words);
  for (const host of [...addresses, ...addresses.toReversed()]) {
    write(host, 51_413);
    words[0] = PeerStep.messages;
    t.deepEqual(readBreadcrumb(words)?.peer, { host, port: 51_413 });
  }
  write("not an address", 1);
  t.is(readBreadcrumb(words)?.peer, undefined);
});

test("a breadcrumb names the web seed that is handled, which may have no address", (t) => {
  const breadcrumb = new Int32Array(8);
  writeWebSeedBreadcrumb(breadcrumb, 70_000);
  breadcrumb[0] = PeerStep.messages;
  breadcrumb[1] = 3;
  t.deepEqual(readBreadcrumb(breadcrumb), {
    step: PeerStep.messages,
    torrent: 3 as TorrentId,
    peer: undefined,
    webSeed: 70_000,
  });
});

test("a cleared breadcrumb names nothing", (t) => {
  const breadcrumb = peerBreadcrumb("45.10.2.1", 6881);
  breadcrumb.fill(0);
  t.is(readBreadcrumb(breadcrumb), undefined);
});

test("a breadcrumb may name a step without torrent or peer", (t) => {
  t.deepEqual(readBreadcrumb(Int32Array.of(5, 0, 0, 0, 0, 0, 0, 0)), {
    step: 5,
    torrent: undefined,
    peer: undefined,
    webSeed: undefined,
  });
});

test("text that is not an address gives no peer", (t) => {
  const breadcrumb = peerBreadcrumb("not an address", 6881);
  breadcrumb[0] = PeerStep.handshake;
  t.is(readBreadcrumb(breadcrumb)?.peer, undefined);
});

test("torrentOf returns the torrent of a message", (t) => {
  t.is(torrentOf({ torrent: 7 }), 7);
  t.is(torrentOf({ slab: 7 }), 0);
});

test("a hang between two inputs is that of the module which was loaded last, and an error is not", (t) => {
  const words = new Int32Array(10);
  words.set([EngineStep.module, 7], 8);
  const hang = Object.assign(new Error("it hung"), { code: "actor-hung" });
  t.like(readCrash(words, hang), { step: EngineStep.module, torrent: 7 as TorrentId });
  t.is(readCrash(words, new Error("our own")), undefined);
  words.set([EngineStep.tick, 3]);
  t.like(readCrash(words, hang), { step: EngineStep.tick, torrent: 3 as TorrentId });
  t.is(readCrash(new Int32Array(10), hang), undefined);
});
