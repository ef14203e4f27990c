import test from "ava";
import { PeerFlag, type PeerRowIndex } from "@troupe/messages";

import { content } from "../support/scripted-peer.ts";
import { openScene, seedUrl } from "../support/web-seed-scene.ts";

const kib = 1_024;
const piece = 32 * kib;

test("a web seed is admitted, shows its pieces and unchokes us", async (t) => {
  const { bench, torrent, client } = await openScene("....", [
    { path: "a", lengthBytes: 4 * piece },
  ]);
  t.deepEqual(client.options, { allow: "internet", maxConnections: 3 });
  t.like(bench.takeNotice("peer-opened"), {
    host: "files.example",
    port: 8_080,
    webSeed: 7,
    isIncoming: false,
  });
  const row = bench.row(torrent, 0);
  t.true(row.flag(PeerFlag.isWebSeed));
  t.false(row.flag(PeerFlag.amChokedByPeer));
  t.true(row.flag(PeerFlag.amInterested));
  t.deepEqual([...row.bitfield], [0xf0]);
});

test("a web seed that the user has named may be in a local network", async (t) => {
  const { client } = await openScene(".", [{ path: "a", lengthBytes: piece }], { reach: "any" });
  t.is(client.options.allow, "any");
});

test("adjacent pieces are one range, and arrive whole", async (t) => {
  const { bench, torrent, client } = await openScene("....", [
    { path: "a%20b", lengthBytes: 4 * piece },
  ]);
  await bench.lease(torrent, [1, 2]);
  t.deepEqual(client.asked, [`${seedUrl}a%20b ${piece}-${3 * piece}`]);
  client.take().serve(4 * piece, 0, 1_000);
  await bench.settle();
  const sealed = bench.takeAllSealed();
  t.deepEqual(
    sealed.map((notice) => notice.piece),
    [1, 2],
  );
  for (const { piece: number, offset } of sealed)
    t.deepEqual(bench.slabBytes(offset, piece), content(number * piece, piece));
});

test("a piece of several files is put together from their ranges, and padding is made", async (t) => {
  const { bench, torrent, client } = await openScene("..", [
    { path: "a", lengthBytes: 20 * kib },
    { path: "pad", lengthBytes: 12 * kib, isPadding: true },
    { path: "empty", lengthBytes: 0 },
    { path: "b", lengthBytes: 10 * kib },
    { path: "c", lengthBytes: 22 * kib },
  ]);
  await bench.lease(torrent, [0, 1]);
  t.deepEqual(client.asked, [`${seedUrl}a 0-${20 * kib}`]);
  client.take().serve(20 * kib);
  await bench.settle();
  t.deepEqual(client.asked, [`${seedUrl}b 0-${10 * kib}`]);
  client.take().serve(10 * kib, 32 * kib);
  await bench.settle();
  t.deepEqual(client.asked, [`${seedUrl}c 0-${22 * kib}`]);
  client.take().serve(22 * kib, 42 * kib);
  await bench.settle();
  const [first, second] = bench.takeAllSealed();
  const padded = new Uint8Array(piece);
  padded.set(content(0, 20 * kib));
  t.deepEqual(bench.slabBytes(first?.offset ?? 0, piece), padded);
  t.deepEqual(bench.slabBytes(second?.offset ?? 0, piece), content(piece, piece));
  t.deepEqual(client.asked, []);
});

test("pieces with bytes of a missing file are not asked for", async (t) => {
  const files = [
    { path: "a", lengthBytes: piece + 1 },
    { path: "b", lengthBytes: 3 * piece - 1 },
  ];
  const { bench, torrent } = await openScene("....", files, { missingFiles: [0] });
  t.deepEqual([...bench.row(torrent, 0).bitfield], [0x30]);
});

test("a short range waits for more blocks while another is under way, but not for long", async (t) => {
  const { bench, torrent, client } = await openScene("........", [
    { path: "a", lengthBytes: 8 * piece },
  ]);
  await bench.lease(torrent, [0]);
  await bench.lease(torrent, [4]);
  t.deepEqual(client.asked, [`${seedUrl}a 0-${piece}`]);
  await bench.lease(torrent, [5]);
  await bench.advance(99);
  t.is(client.exchanges.length, 1);
  await bench.advance(1);
  t.deepEqual(client.asked.slice(1), [`${seedUrl}a ${4 * piece}-${6 * piece}`]);
});

test("a short range starts as soon as no other is under way", async (t) => {
  const { bench, torrent, client } = await openScene("....", [
    { path: "a", lengthBytes: 4 * piece },
  ]);
  await bench.lease(torrent, [0]);
  await bench.lease(torrent, [2]);
  client.take().serve(4 * piece);
  await bench.settle();
  t.deepEqual(client.asked, [`${seedUrl}a ${2 * piece}-${3 * piece}`]);
});

test("blocks that arrive from another peer are not asked for", async (t) => {
  const { bench, torrent, client } = await openScene("....", [
    { path: "a", lengthBytes: 4 * piece },
  ]);
  await bench.lease(torrent, [0]);
  await bench.lease(torrent, [2]);
  await bench.send("pieces-had", { torrent: torrent.id, pieces: [2] as never[] });
  client.take().serve(4 * piece);
  await bench.advance(200);
  t.deepEqual(client.asked, []);
});

test("an exchange ends when none of its blocks is needed any more", async (t) => {
  const { bench, torrent, client } = await openScene("....", [
    { path: "a", lengthBytes: 4 * piece },
  ]);
  await bench.lease(torrent, [0, 1]);
  const exchange = client
    .take()
    .part(4 * piece)
    .bytes(content(0, piece + 10));
  await bench.settle();
  t.is(bench.takeAllSealed().length, 1);
  await bench.send("piece-failed", { torrent: torrent.id, piece: 1 as never });
  t.true(exchange.isDestroyed);
  await bench.lease(torrent, [3]);
  t.deepEqual(client.asked, [`${seedUrl}a ${3 * piece}-${4 * piece}`]);
  t.deepEqual(bench.takeNotices("web-seed-closed"), []);
});

test("a paused torrent ends the exchanges, and asks again when it resumes", async (t) => {
  const { bench, torrent, client } = await openScene("....", [
    { path: "a", lengthBytes: 4 * piece },
  ]);
  await bench.lease(torrent, [0]);
  await bench.send("set-paused", { torrent: torrent.id, isPaused: true });
  t.true(client.take().isDestroyed);
  await bench.send("set-paused", { torrent: torrent.id, isPaused: false });
  t.deepEqual(client.asked, [`${seedUrl}a 0-${piece}`]);
});

test("an exchange rests while the worker takes no input", async (t) => {
  const { bench, torrent, client } = await openScene("....", [
    { path: "a", lengthBytes: 4 * piece },
  ]);
  await bench.lease(torrent, [0, 1]);
  const exchange = client.take();
  bench.noticeCredits = 1;
  exchange.part(4 * piece).bytes(content(0, piece));
  await bench.settle();
  t.true(exchange.isPaused);
  await bench.giveNoticeRoom(1_000);
  t.false(exchange.isPaused);
});

test("a body that does not end after its range is cut", async (t) => {
  const { bench, torrent, client } = await openScene("....", [
    { path: "a", lengthBytes: 4 * piece },
  ]);
  await bench.lease(torrent, [0]);
  const exchange = client
    .take()
    .part(4 * piece)
    .bytes(content(0, piece));
  await bench.lease(torrent, [3]);
  await bench.advance(999);
  t.false(exchange.isDestroyed);
  await bench.advance(1);
  t.true(exchange.isDestroyed);
  t.deepEqual(client.asked, [`${seedUrl}a ${3 * piece}-${4 * piece}`]);
});

test("a failure closes the peer, then the web seed, with its code and sentence", async (t) => {
  const { bench, torrent, client } = await openScene("....", [
    { path: "a", lengthBytes: 4 * piece },
  ]);
  bench.takeNotices();
  await bench.lease(torrent, [0]);
  const error = Object.assign(new Error("cannot get a document"), { code: "http-failed" });
  client.take().end(error);
  await bench.settle();
  const notices = bench.takeNotices() as { name: string; message: object }[];
  const closed = notices.filter(({ name }) => name.endsWith("-closed"));
  t.like(closed, [
    { name: "peer-closed", message: { reason: "http-failed", isFault: false, webSeed: 7 } },
    {
      name: "web-seed-closed",
      message: { torrent: torrent.id, seed: 7, code: "http-failed", message: error.message },
    },
  ]);
  t.true(client.isClosed);
});

test("a body that ends early closes the web seed", async (t) => {
  const { bench, torrent, client } = await openScene("..", [{ path: "a", lengthBytes: 2 * piece }]);
  await bench.lease(torrent, [0]);
  client
    .take()
    .part(2 * piece)
    .bytes(content(0, 100))
    .end();
  await bench.settle();
  t.is(bench.takeNotice("web-seed-closed").code, "web-seed-short");
});

test("a web seed that gives no block in time is closed, and its exchanges end", async (t) => {
  const { bench, torrent, client } = await openScene("..", [{ path: "a", lengthBytes: 2 * piece }]);
  await bench.lease(torrent, [0]);
  const exchange = client.take().part(2 * piece);
  await bench.advance(21_000);
  t.is(bench.takeNotice("web-seed-closed").code, "web-seed-timeout");
  t.true(exchange.isDestroyed || client.isClosed);
});

test("a web seed without work stays open for an hour", async (t) => {
  const { bench } = await openScene("..", [{ path: "a", lengthBytes: 2 * piece }]);
  await bench.advance(3_600_000);
  t.deepEqual(bench.takeNotices("web-seed-closed"), []);
});

test("close-peer and close-torrent end the exchanges", async (t) => {
  for (const way of ["close-peer", "close-torrent"] as const) {
    const { bench, torrent, client } = await openScene("..", [
      { path: "a", lengthBytes: 2 * piece },
    ]);
    await bench.lease(torrent, [0]);
    if (way === "close-torrent") await bench.send(way, { torrent: torrent.id });
    else await bench.send(way, { torrent: torrent.id, peer: 0 as PeerRowIndex, reason: "banned" });
    const reason = way === "close-torrent" ? "torrent-closed" : "banned";
    t.like(bench.takeNotice("web-seed-closed"), { seed: 7, code: reason });
    t.true(client.isClosed);
  }
});

test("a web seed that is not admitted is closed with the reason", async (t) => {
  const { bench, torrent } = await openScene("..", [{ path: "a", lengthBytes: 2 * piece }]);
  bench.admission = "full";
  await bench.send("open-web-seed", {
    torrent: torrent.id,
    seed: 8,
    url: seedUrl,
    peerId: new Uint8Array(20).fill(0x58),
    files: {
      paths: "a",
      lengths: new Uint8Array(new Float64Array([2 * piece]).buffer),
      padding: [],
    },
    missingFiles: [],
    reach: "documents" as const,
    givesWholeFiles: false,
  });
  t.like(bench.takeNotice("web-seed-closed"), { seed: 8, code: "full" });
});

test("a web seed with hosts of the internet alone dials no local address but of listed hosts", async (t) => {
  const { client } = await openScene(".", [{ path: "a", lengthBytes: piece }], {
    reach: "internet",
    localHosts: ["192.168.1.8"],
  });
  const { allow, mayDial } = client.options;
  t.is(allow, "any");
  t.false(mayDial?.("192.168.1.7", "seed.example"));
  t.true(mayDial?.("192.168.1.8", "seed.local"));
  t.true(mayDial?.("8.8.8.8", "seed.example"));
});

test("a web seed of a closed torrent is closed at once", async (t) => {
  const { bench, torrent, client } = await openScene("..", [{ path: "a", lengthBytes: 2 * piece }]);
  await bench.send("close-torrent", { torrent: torrent.id });
  bench.takeNotices();
  const order = {
    torrent: torrent.id,
    seed: 9,
    url: seedUrl,
    peerId: new Uint8Array(20),
    files: { paths: "", lengths: new Uint8Array(), padding: [] },
    missingFiles: [],
    reach: "any" as const,
    givesWholeFiles: false,
  };
  await bench.send("open-web-seed", order);
  t.like(bench.takeNotice("web-seed-closed"), { seed: 9, code: "torrent-closed" });
  await bench.send("open-web-seed", { ...order, url: "no URL" });
  t.like(bench.takeNotice("web-seed-closed"), { seed: 9, code: "http-failed" });
  t.true(client.isClosed);
});
