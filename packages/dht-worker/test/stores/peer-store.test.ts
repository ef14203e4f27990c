import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import test from "ava";
import fc from "fast-check";
import { nodeIdFrom, type NodeId } from "@troupe/protocol/dht";

import { PeerList } from "../../src/stores/peer-list.ts";
import { defaultPeerStoreBounds, PeerStore } from "../../src/stores/peer-store.ts";

const minuteMs = 60_000;

function infoHash(number: number): NodeId {
  const bytes = new Uint8Array(20);
  new DataView(bytes.buffer).setUint32(0, number);
  return nodeIdFrom(bytes);
}

/** An internet address of its own for each number. */
function hostOf(number: number): string {
  return `${20 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}.9`;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function memoryBytes(): number {
  // The second call waits for the memory that the first one frees.
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** @returns A store of a tenth of the default bounds, whose torrents have so many peers of each family. */
function tenthOfStore(peers: number): PeerStore {
  const { maxTorrents, maxBytes } = defaultPeerStoreBounds;
  const store = new PeerStore({
    ...defaultPeerStoreBounds,
    maxTorrents: maxTorrents / 10,
    maxBytes: maxBytes / 10,
  });
  for (let torrent = 0; torrent < maxTorrents / 10; torrent++) {
    for (let peer = 0; peer < peers; peer++) {
      store.announce(infoHash(torrent), hostOf(peer), 1, 0);
      store.announce(infoHash(torrent), `2001:db8:${peer}::1`, 1, 0);
    }
  }
  return store;
}

function countOf(store: PeerStore, torrent: number, nowMs = 0): number {
  return (store.sample(infoHash(torrent), 4, 1_000, nowMs, 0)?.length ?? 0) / 6;
}

test("a peer is named in answers about its torrent, to its family, for 45 minutes", (t) => {
  const store = new PeerStore();
  store.announce(infoHash(1), "203.0.113.7", 6_881, 0);
  store.announce(infoHash(1), "2001:db8::7", 6_882, 0);
  const peer4 = store.sample(infoHash(1), 4, 50, 44 * minuteMs, 0);
  const peer6 = store.sample(infoHash(1), 6, 50, 44 * minuteMs, 0);
  t.is(Buffer.from(peer4 ?? []).toString("hex"), "cb0071071ae1");
  t.is(Buffer.from(peer6 ?? []).toString("hex"), "20010db80000000000000000000000071ae2");
  t.is(store.sample(infoHash(2), 4, 50, 0, 0), undefined);
  t.is(store.sample(infoHash(1), 4, 50, 46 * minuteMs, 0), undefined);
  store.expire(46 * minuteMs);
  t.deepEqual([store.torrentCount, store.peerCount, store.lengthBytes], [0, 0, 0]);
});

test("an address is in a torrent once, with its latest port; a local address once a port", (t) => {
  const store = new PeerStore();
  for (const port of [1, 2, 3]) {
    store.announce(infoHash(1), "203.0.113.7", port, 0);
    store.announce(infoHash(1), "127.0.0.1", port, 0);
  }
  t.is(store.peerCount, 4);
  const peers = Buffer.from(store.sample(infoHash(1), 4, 50, 0, 0) ?? []).toString("hex");
  t.deepEqual(
    peers.match(/.{12}/g)?.toSorted(),
    ["7f0000010001", "7f0000010002", "7f0000010003", "cb0071070003"].toSorted(),
  );
});

test("case 84: a torrent of 500 peers drops the peer that announced longest ago", (t) => {
  const store = new PeerStore();
  for (let peer = 0; peer < 600; peer++) store.announce(infoHash(1), hostOf(peer), 1, 1_000 * peer);
  t.is(store.peerCount, 500);
  const peers = Buffer.from(store.sample(infoHash(1), 4, 1_000, 600_000, 0) ?? []).toString("hex");
  t.is(peers.length, 500 * 12);
  t.false(peers.includes(Buffer.from([20, 0, 99, 9, 0, 1]).toString("hex")));
  t.true(peers.includes(Buffer.from([20, 0, 100, 9, 0, 1]).toString("hex")));
});

test("case 84: a flood of info-hashes replaces its own torrents, not those with more peers", (t) => {
  const store = new PeerStore();
  for (let torrent = 0; torrent < 100; torrent++) {
    for (const peer of [1, 2]) store.announce(infoHash(torrent), hostOf(peer), 1, 0);
  }
  for (let flood = 1_000; flood < 21_000; flood++) store.announce(infoHash(flood), hostOf(3), 1, 1);
  t.is(store.torrentCount, 2_000);
  for (let torrent = 0; torrent < 100; torrent++) t.is(countOf(store, torrent, 1), 2);
  t.is(countOf(store, 20_999, 1), 1);
  t.is(countOf(store, 1_000, 1), 0);
});

test("case 84: a full store takes the room of a new peer from the torrent with the most peers", (t) => {
  const bounds = { maxTorrents: 10, maxPeersPerTorrent: 500, maxBytes: 1_000, expiryMs: 1e9 };
  const store = new PeerStore(bounds);
  for (let peer = 0; peer < 90; peer++) store.announce(infoHash(1), hostOf(peer), 1, 0);
  for (let peer = 0; peer < 10; peer++) store.announce(infoHash(2), hostOf(peer), 1, 0);
  t.is(store.lengthBytes, 1_000);
  for (let peer = 0; peer < 30; peer++) store.announce(infoHash(3), hostOf(peer), 1, 0);
  t.deepEqual(
    [1, 2, 3].map((torrent) => countOf(store, torrent)),
    [60, 10, 30],
  );
});

test("case 84: a full store takes at most 16 MiB, unused ends of lists included", (t) => {
  tenthOfStore(20);
  const stores: PeerStore[] = [];
  const tookBytes = [1, 2].map(() => {
    const beforeBytes = memoryBytes();
    stores.push(tenthOfStore(250));
    return memoryBytes() - beforeBytes;
  });
  // Memory of anything else only adds to a measurement.
  const leastBytes = Math.min(...tookBytes);
  t.true(leastBytes <= 1.6 * 1_048_576, `${leastBytes} bytes for ${stores[0]?.peerCount} peers`);
});

test("case 84: a store of the default bounds has room for 500 IPv4 peers of each of 2,000 torrents", (t) => {
  const { maxTorrents, maxPeersPerTorrent, maxBytes } = defaultPeerStoreBounds;
  t.deepEqual([maxTorrents, maxPeersPerTorrent], [2_000, 500]);
  const list = new PeerList(4);
  list.announce({ address: new Uint8Array(4), port: 1, isLocal: false, isSeed: false }, 0);
  t.true(maxTorrents * maxPeersPerTorrent * list.lengthBytes <= maxBytes);
});

test("case 84: any sequence of announces keeps every bound, and every count is right", (t) => {
  const bounds = { maxTorrents: 6, maxPeersPerTorrent: 8, maxBytes: 400, expiryMs: 30_000 };
  const announce = fc.record({
    torrent: fc.nat(9),
    host: fc.oneof(
      fc.nat(20).map(hostOf),
      fc.nat(20).map((number) => `2001:db8::${number + 1}`),
      fc.constantFrom("127.0.0.1", "10.0.0.7", "fe80::1", "", "host", "::ffff:203.0.113.9"),
    ),
    port: fc.integer({ min: 1, max: 4 }),
    waitMs: fc.nat(3_000),
  });
  fc.assert(
    fc.property(fc.array(announce, { maxLength: 150 }), (announces) => {
      const store = new PeerStore(bounds);
      let nowMs = 0;
      for (const { torrent, host, port, waitMs } of announces) {
        nowMs += waitMs;
        store.announce(infoHash(torrent), host, port, nowMs);
        t.true(store.torrentCount <= 6 && store.peerCount <= 48 && store.lengthBytes <= 400);
      }
      let [fresh, freshBytes] = [0, 0];
      for (let torrent = 0; torrent < 10; torrent++) {
        const four = (store.sample(infoHash(torrent), 4, 1_000, nowMs, 0.5)?.length ?? 0) / 6;
        const six = (store.sample(infoHash(torrent), 6, 1_000, nowMs, 0.5)?.length ?? 0) / 18;
        t.true(four + six <= 8);
        fresh += four + six;
        freshBytes += 10 * four + 22 * six;
      }
      store.expire(nowMs);
      t.is(store.peerCount, fresh);
      t.is(store.lengthBytes, freshBytes);
      store.expire(nowMs + 31_000);
      store.expire(nowMs + 31_000);
      t.deepEqual([store.torrentCount, store.peerCount, store.lengthBytes], [0, 0, 0]);
    }),
    { numRuns: 80 },
  );
});
