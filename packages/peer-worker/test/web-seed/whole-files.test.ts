import test from "ava";
import { PeerField, RateShare, Total, type PeerRowIndex } from "@troupe/messages";

import { content } from "../support/scripted-peer.ts";
import { openScene, seedUrl, type SceneFile } from "../support/web-seed-scene.ts";

const kib = 1_024;
const piece = 32 * kib;
const fourPieces = [{ path: "a", lengthBytes: 4 * piece }];

/** A web seed that is known to give whole files. */
function openWhole(pieces: string, files: readonly SceneFile[]) {
  return openScene(pieces, files, { givesWholeFiles: true });
}

test("a 200 to a range is the whole file, and goes on with pieces that are leased later", async (t) => {
  const { bench, torrent, client } = await openScene("....", fourPieces);
  await bench.lease(torrent, [0]);
  t.deepEqual(client.asked, [`${seedUrl}a 0-${piece}`]);
  const exchange = client.take().head(200, { "content-length": String(4 * piece) });
  t.like(bench.takeNotice("web-seed-without-ranges"), { torrent: torrent.id, seed: 7 });
  exchange.bytes(content(0, 2 * piece));
  await bench.settle();
  t.is(bench.takeAllSealed().length, 1);
  t.true(exchange.isPaused);
  await bench.lease(torrent, [1, 2, 3]);
  t.false(exchange.isPaused);
  exchange.bytes(content(2 * piece, 2 * piece)).end();
  await bench.settle();
  const sealed = bench.takeAllSealed();
  t.is(sealed.length, 3);
  for (const { piece: number, offset } of sealed)
    t.deepEqual(bench.slabBytes(offset, piece), content(number * piece, piece));
  t.deepEqual(client.asked, []);
});

test("other ranges end at the first 200, and their blocks come with the file", async (t) => {
  const { bench, torrent, client } = await openScene("........", [
    { path: "a", lengthBytes: 8 * piece },
  ]);
  await bench.lease(torrent, [0]);
  await bench.lease(torrent, [4]);
  await bench.advance(100);
  const [first, second] = [client.take(), client.take()];
  second.head(200, {}).bytes(content(0, 5 * piece));
  await bench.settle();
  t.true(first.isDestroyed);
  t.deepEqual(
    bench.takeAllSealed().map((sealed) => sealed.piece),
    [0, 4],
  );
});

test("bytes before the first requested block are dropped, and count as wasted", async (t) => {
  const { bench, torrent, client } = await openWhole("##..", fourPieces);
  await bench.lease(torrent, [2]);
  t.deepEqual(client.asked, [`${seedUrl}a whole`]);
  client
    .take()
    .head(200, {})
    .bytes(content(0, 3 * piece));
  await bench.settle();
  const [sealed] = bench.takeAllSealed();
  t.deepEqual(bench.slabBytes(sealed?.offset ?? 0, piece), content(2 * piece, piece));
  t.is(torrent.table.totals[Total.wastedBytes], 2 * piece);
  t.is(bench.row(torrent, 0).field(PeerField.downloadedBytes), 3 * piece);
});

test("a piece of several files is put together from whole files, and padding is made", async (t) => {
  const { bench, torrent, client } = await openWhole("..", [
    { path: "a", lengthBytes: 20 * kib },
    { path: "pad", lengthBytes: 12 * kib, isPadding: true },
    { path: "empty", lengthBytes: 0 },
    { path: "b", lengthBytes: 10 * kib },
    { path: "c", lengthBytes: 22 * kib },
  ]);
  await bench.lease(torrent, [0, 1]);
  for (const [path, at, bytes] of [
    ["a", 0, 20 * kib],
    ["b", 32 * kib, 10 * kib],
    ["c", 42 * kib, 22 * kib],
  ] as const) {
    t.deepEqual(client.asked, [`${seedUrl}${path} whole`]);
    const headers = { "content-length": String(bytes) };
    client.take().head(200, headers).bytes(content(at, bytes)).end();
    await bench.settle();
  }
  const [first, second] = bench.takeAllSealed();
  const padded = new Uint8Array(piece);
  padded.set(content(0, 20 * kib));
  t.deepEqual(bench.slabBytes(first?.offset ?? 0, piece), padded);
  t.deepEqual(bench.slabBytes(second?.offset ?? 0, piece), content(piece, piece));
});

test("the start of a block that came by ranges is kept when its rest comes with a whole file", async (t) => {
  const { bench, torrent, client } = await openScene("..", [
    { path: "a", lengthBytes: 20 * kib },
    { path: "b", lengthBytes: 44 * kib },
  ]);
  await bench.lease(torrent, [0]);
  const whole = client.take().head(200, { "accept-ranges": "bytes" });
  whole.bytes(content(0, 20 * kib)).end();
  await bench.settle();
  t.deepEqual(client.asked, [`${seedUrl}b 0-${12 * kib}`]);
  client
    .take()
    .head(200, {})
    .bytes(content(20 * kib, 12 * kib));
  await bench.settle();
  const [sealed] = bench.takeAllSealed();
  t.deepEqual(bench.slabBytes(sealed?.offset ?? 0, piece), content(0, piece));
  t.deepEqual(client.asked, []);
});

test("a file is asked for again for a piece that the reading has passed, after a moment", async (t) => {
  const { bench, torrent, client } = await openWhole("....", fourPieces);
  await bench.lease(torrent, [2]);
  const exchange = client.take().head(200, {});
  exchange.bytes(content(0, 3 * piece));
  await bench.settle();
  await bench.lease(torrent, [0]);
  await bench.advance(99);
  t.false(exchange.isDestroyed);
  await bench.advance(1);
  t.true(exchange.isDestroyed);
  t.deepEqual(client.asked, [`${seedUrl}a whole`]);
});

test("a server that does not wait for further requests is no failure", async (t) => {
  const { bench, torrent, client } = await openWhole("....", fourPieces);
  await bench.lease(torrent, [0]);
  const exchange = client.take().head(200, {}).bytes(content(0, piece));
  await bench.settle();
  exchange.end(new Error("cut"));
  await bench.settle();
  t.deepEqual(bench.takeNotices("web-seed-closed"), []);
  await bench.lease(torrent, [1]);
  t.deepEqual(client.asked, [`${seedUrl}a whole`]);
});

test("bytes that came before the end of their body are not lost", async (t) => {
  const { bench, torrent, client } = await openWhole("..", [{ path: "a", lengthBytes: 2 * piece }]);
  await bench.lease(torrent, [0]);
  const exchange = client.take().head(200, {});
  exchange.bytes(content(0, 2 * piece)).end();
  await bench.settle();
  await bench.lease(torrent, [1]);
  await bench.settle();
  t.is(bench.takeAllSealed().length, 2);
  t.deepEqual(client.asked, []);
});

test("a whole file that ends early, or has another length, closes the web seed", async (t) => {
  for (const length of [undefined, "77"]) {
    const { bench, torrent, client } = await openWhole("....", fourPieces);
    await bench.lease(torrent, [0, 1]);
    const headers = length === undefined ? {} : { "content-length": length };
    client.take().head(200, headers).bytes(content(0, 77)).end();
    await bench.settle();
    t.like(bench.takeNotice("web-seed-closed"), {
      code: length === undefined ? "web-seed-short" : "web-seed-wrong-range",
      missingFile: length === undefined ? undefined : 0,
    });
  }
});

test("a body that goes on after its file is cut, and its rest is not used", async (t) => {
  const { bench, torrent, client } = await openWhole("..", [
    { path: "a", lengthBytes: piece },
    { path: "b", lengthBytes: piece },
  ]);
  await bench.lease(torrent, [0, 1]);
  const exchange = client.take().head(200, {});
  exchange.bytes(content(0, piece)).bytes(new Uint8Array(piece));
  await bench.advance(1_000);
  t.true(exchange.isDestroyed);
  t.deepEqual(client.asked, [`${seedUrl}b whole`]);
  t.is(bench.takeAllSealed().length, 1);
});

test("blocks that another peer has sent are dropped from the file, and the rest is used", async (t) => {
  const { bench, torrent, client } = await openWhole("....", fourPieces);
  await bench.lease(torrent, [0, 1, 2]);
  const exchange = client
    .take()
    .head(200, {})
    .bytes(content(0, piece + 100));
  await bench.settle();
  await bench.send("pieces-had", { torrent: torrent.id, pieces: [1] as never[] });
  exchange.bytes(content(piece + 100, 2 * piece - 100));
  await bench.settle();
  const sealed = bench.takeAllSealed();
  t.deepEqual(
    sealed.map(({ piece: number }) => number),
    [0, 2],
  );
  t.deepEqual(bench.slabBytes(sealed[1]?.offset ?? 0, piece), content(2 * piece, piece));
});

test("a file rests while the worker takes no input, and no byte of it is lost", async (t) => {
  const { bench, torrent, client } = await openWhole("....", fourPieces);
  await bench.lease(torrent, [0, 1, 2, 3]);
  const exchange = client.take().head(200, {});
  bench.noticeCredits = 1;
  exchange.bytes(content(0, piece)).bytes(content(piece, piece));
  await bench.settle();
  t.true(exchange.isPaused);
  await bench.giveNoticeRoom(1_000);
  t.false(exchange.isPaused);
  exchange.bytes(content(2 * piece, 2 * piece)).end();
  await bench.settle();
  t.is(bench.takeAllSealed().length, 4);
});

test("a file that is found while the worker takes no input rests from its start", async (t) => {
  const { bench, torrent, client } = await openScene("....", fourPieces);
  await bench.lease(torrent, [0, 1]);
  const exchange = client.take();
  bench.noticeCredits = 1;
  exchange.head(200, {});
  t.true(exchange.isPaused);
  await bench.giveNoticeRoom(1_000);
  t.false(exchange.isPaused);
  exchange.bytes(content(0, 2 * piece));
  await bench.settle();
  t.is(bench.takeAllSealed().length, 2);
});

test("D10: bytes that are dropped count against the rate limit, and the file rests meanwhile", async (t) => {
  const { bench, torrent, client } = await openWhole("##..", fourPieces);
  const share = new RateShare();
  share.down.setRates(1_000_000, 0);
  await bench.send("set-limits", { limits: share.memory });
  share.down.grant(piece);
  await bench.lease(torrent, [2]);
  const exchange = client.take().head(200, {});
  exchange.bytes(content(0, 3 * piece));
  await bench.settle();
  t.true(exchange.isPaused);
  t.is(torrent.table.totals[Total.wastedBytes], 0);
  share.down.grant(piece);
  await bench.advance(25);
  t.is(torrent.table.totals[Total.wastedBytes], piece);
  t.is(bench.takeAllSealed().length, 0);
  share.down.grant(piece);
  await bench.advance(25);
  t.is(bench.takeAllSealed().length, 1);
  t.false(exchange.isPaused);
});

test("D10: bytes granted for a long way are used at once, and the unused ones return at the end", async (t) => {
  const { bench, torrent, client } = await openWhole("###.", fourPieces);
  const share = new RateShare();
  share.down.setRates(1_000_000, 0);
  await bench.send("set-limits", { limits: share.memory });
  share.down.grant(3 * piece);
  await bench.lease(torrent, [3]);
  const exchange = client.take().head(200, {});
  share.down.grant(piece);
  exchange.bytes(content(0, 1_000));
  await bench.advance(25);
  t.is(torrent.table.totals[Total.wastedBytes], 1_000);
  t.is(share.down.grantedBytes, 0, "granted for all that is to be dropped");
  await bench.send("close-peer", {
    torrent: torrent.id,
    peer: 0 as PeerRowIndex,
    reason: "banned",
  });
  t.true(share.down.grantedBytes > 3 * piece - 1_000);
});

for (const phaseMs of [0, 5, 12])
  test(`a rate limit does not end the way to the first requested block, begun ${phaseMs} ms later`, async (t) => {
    const pieces = 256;
    const { bench, torrent, client } = await openWhole("#".repeat(pieces - 1) + ".", [
      { path: "a", lengthBytes: pieces * piece },
    ]);
    const share = new RateShare();
    share.down.setRates(1_000_000, 0);
    await bench.send("set-limits", { limits: share.memory });
    await bench.advance(10 + phaseMs);
    share.down.grant(2 * piece);
    await bench.lease(torrent, [pieces - 1]);
    const exchange = client.take().head(200, {});
    let sent = 0;
    for (let step = 0; step < 600 && sent < pieces; step++) {
      if (!exchange.isPaused) exchange.bytes(content(sent++ * piece, piece));
      await bench.advance(12);
      if (share.down.grantedBytes < 100_000) share.down.grant(25_000);
      await bench.advance(13);
    }
    await bench.advance(1_000);
    t.is(bench.takeAllSealed().length, 1);
    t.is(torrent.table.totals[Total.wastedBytes], (pieces - 1) * piece);
    t.deepEqual(bench.takeNotices("web-seed-closed"), []);
  });

test("a wait for the rate limit is no silence of the server", async (t) => {
  const { bench, torrent, client } = await openWhole("##..", fourPieces);
  const share = new RateShare();
  share.down.setRates(1_000_000, 0);
  await bench.send("set-limits", { limits: share.memory });
  share.down.grant(piece);
  await bench.lease(torrent, [2]);
  const exchange = client.take().head(200, {});
  exchange.bytes(content(0, 3 * piece));
  for (let second = 0; second < 120; second++) await bench.advance(1_000);
  t.deepEqual(bench.takeNotices("web-seed-closed"), []);
  share.down.grant(2 * piece);
  await bench.advance(25);
  t.is(bench.takeAllSealed().length, 1);
  share.down.grant(2 * piece);
  await bench.lease(torrent, [3]);
  for (let second = 0; second < 61; second++) await bench.advance(1_000);
  t.like(bench.takeNotice("web-seed-closed"), { code: "web-seed-timeout" });
});

test("a long way to the first requested block is no silence", async (t) => {
  const pieces = 64;
  const { bench, torrent, client } = await openWhole("#".repeat(pieces - 1) + ".", [
    { path: "a", lengthBytes: pieces * piece },
  ]);
  await bench.lease(torrent, [pieces - 1]);
  const exchange = client.take().head(200, {});
  for (let at = 0; at < pieces; at++) {
    exchange.bytes(content(at * piece, piece));
    await bench.advance(3_000);
  }
  t.is(bench.takeAllSealed().length, 1);
  t.deepEqual(bench.takeNotices("web-seed-closed"), []);
});

test("an end of the web seed ends its file", async (t) => {
  const { bench, torrent, client } = await openWhole("....", fourPieces);
  await bench.lease(torrent, [0]);
  const exchange = client.take().head(200, {});
  await bench.send("close-peer", {
    torrent: torrent.id,
    peer: 0 as PeerRowIndex,
    reason: "banned",
  });
  t.true(exchange.isDestroyed);
  t.like(bench.takeNotice("web-seed-closed"), { seed: 7, code: "banned" });
});
