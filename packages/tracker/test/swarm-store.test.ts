import test from "ava";
import { SwarmStore, type StoreBounds } from "../src/swarm-store.ts";
import type { TrackedPeer } from "../src/swarm.ts";

const roomy: StoreBounds = {
  maxTorrents: 100,
  maxPeersPerTorrent: 100,
  maxPeers: 100,
  expiryMs: 1000,
};

function peerAt(port: number): TrackedPeer {
  return { host: "192.0.2.1", port, family: 4, peerId: new Uint8Array(20), leftBytes: 1 };
}

test("the torrent that was announced longest ago is forgotten when there are too many", (t) => {
  const store = new SwarmStore({ ...roomy, maxTorrents: 2 });
  for (const infoHash of ["aa", "bb", "aa", "cc"]) store.announce(infoHash, peerAt(1), 0);
  t.deepEqual(store.infoHashes(), ["aa", "cc"]);
});

test("peers of all torrents together stay within their bound, the oldest torrents going first", (t) => {
  const store = new SwarmStore({ ...roomy, maxPeers: 3 });
  for (const infoHash of ["aa", "bb", "cc", "dd"]) store.announce(infoHash, peerAt(1), 0);
  t.deepEqual(store.infoHashes(), ["bb", "cc", "dd"]);
});

test("one torrent alone over the bound of all peers loses its oldest peers", (t) => {
  const store = new SwarmStore({ ...roomy, maxPeers: 2 });
  for (const port of [1, 2, 3]) store.announce("aa", peerAt(port), 0);
  t.deepEqual(
    store
      .find("aa", 0)
      ?.peers()
      .map((peer) => peer.port),
    [2, 3],
  );
});

test("a peer is forgotten once it was silent for the expiry time, and its room is free again", (t) => {
  const store = new SwarmStore({ ...roomy, maxPeers: 2 });
  store.announce("aa", peerAt(1), 0);
  t.is(store.find("aa", 1000)?.peerCount, 1);
  t.is(store.find("aa", 1001)?.peerCount, 0);
  store.announce("bb", peerAt(1), 1001);
  store.announce("cc", peerAt(1), 1001);
  t.deepEqual(store.infoHashes(), ["aa", "bb", "cc"]);
});

test("leaving a torrent that nobody announced changes nothing", (t) => {
  const store = new SwarmStore(roomy);
  t.is(store.leave("aa", peerAt(1), 0), undefined);
  t.deepEqual(store.infoHashes(), []);
});
