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

test("beyond the bound the torrent announced longest ago is forgotten", (t) => {
  const store = new SwarmStore({ ...roomy, maxTorrents: 2 });
  for (const infoHash of ["aa", "bb", "aa", "cc"]) store.announce(infoHash, peerAt(1), 0);
  t.deepEqual(store.infoHashes(), ["aa", "cc"]);
});

test("peers of all torrents stay within their bound; the oldest torrents are dropped first", (t) => {
  const store = new SwarmStore({ ...roomy, maxPeers: 3 });
  for (const infoHash of ["aa", "bb", "cc", "dd"]) store.announce(infoHash, peerAt(1), 0);
  t.deepEqual(store.infoHashes(), ["bb", "cc", "dd"]);
});

test("a single torrent over the bound of all peers loses its oldest peers", (t) => {
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

test("a peer that is silent for the expiry time is forgotten, and its place is free", (t) => {
  const store = new SwarmStore({ ...roomy, maxPeers: 2 });
  store.announce("aa", peerAt(1), 0);
  t.is(store.find("aa", 1000)?.peerCount, 1);
  t.is(store.find("aa", 1001)?.peerCount, 0);
  store.announce("bb", peerAt(1), 1001);
  store.announce("cc", peerAt(1), 1001);
  t.deepEqual(store.infoHashes(), ["aa", "bb", "cc"]);
});

test("leaving an unknown torrent changes nothing", (t) => {
  const store = new SwarmStore(roomy);
  t.is(store.leave("aa", peerAt(1), 0), undefined);
  t.deepEqual(store.infoHashes(), []);
});
