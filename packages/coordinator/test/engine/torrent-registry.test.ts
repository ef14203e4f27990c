import test from "ava";
import { shareBytes, unpackFiles, viewShared } from "@troupe/messages";
import type { AddTorrent, TorrentId } from "@troupe/messages";
import { anonymousIdentity, ownIdentity } from "@troupe/protocol/client-identity";
import { encodeTorrent, parseTorrent } from "@troupe/protocol/metainfo";
import { keyOf } from "@troupe/protocol/identity";
import { addTorrent } from "../../src/engine/add-torrent.ts";
import { moveTorrent, removeTorrent } from "../../src/engine/torrent-registry.ts";
import { openAtWorker } from "../../src/torrent/join-swarm.ts";
import { hasContent } from "../../src/torrent/torrent-job.ts";
import { dialMore } from "../../src/torrent/swarm/dial-schedule.ts";
import { makeScene, putIn } from "../support/engine-scene.ts";

const metainfo = encodeTorrent({
  name: "drawn",
  pieceLengthBytes: 32_768,
  pieceHashes: new Uint8Array(60),
  files: [
    { path: ["one"], lengthBytes: 40_000 },
    { path: ["deep", "two"], lengthBytes: 50_000 },
  ],
  trackers: [["http://a/announce"], ["http://b/announce"]],
});

const request: AddTorrent = {
  metainfo: shareBytes(metainfo),
  directory: "/downloads",
  settings: { maxPeers: 50 },
  peers: [],
  mode: "download",
};

test("an added torrent is stopped, and the reply has its contents", (t) => {
  const { engine } = makeScene();
  const info = addTorrent(engine, request);
  if ("refused" in info) return t.fail();
  t.is(info.name, "drawn");
  t.is(info.lengthBytes, 90_000);
  t.is(info.pieces, 3);
  t.deepEqual(
    unpackFiles(info.files).map(({ path }) => path),
    ["drawn/one", "drawn/deep/two"],
  );
  t.deepEqual(info.trackers, [["http://a/announce"], ["http://b/announce"]]);
  t.is(engine.torrents.get(info.torrent)?.state, "stopped");
});

test("peer-workers share the info dictionary of the caller; that of a private torrent stays here", (t) => {
  for (const isPrivate of [false, true]) {
    const { engine, peerWorker, ref } = makeScene({ workers: 2 });
    const pieceHashes = new Uint8Array(20);
    const layout = { name: "drawn", pieceLengthBytes: 16_384, pieceHashes, lengthBytes: 5 };
    const bytes = encodeTorrent({ ...layout, isPrivate, trackers: [["http://a/announce"]] });
    const memory = shareBytes(bytes);
    const added = addTorrent(engine, { ...request, metainfo: memory });
    const job = "refused" in added ? undefined : engine.torrents.get(added.torrent);
    if (!hasContent(job)) return t.fail();
    t.false("metainfo" in job.request);
    for (const worker of [0, 1]) openAtWorker(engine, job, peerWorker(worker));
    const [first, second] = [0, 1].map(
      (worker) => ref(worker).casts("open-torrent")[0]?.content?.metadata,
    );
    t.deepEqual(first, second);
    t.is(second?.memory, first?.memory);
    t.is(first?.memory, isPrivate ? undefined : memory);
    const { start, end } = parseTorrent(bytes).infoSpan;
    const info = first && Buffer.from(viewShared(first));
    t.deepEqual(info, isPrivate ? undefined : Buffer.from(bytes.slice(start, end)));
    t.is(job.content.metainfo.pieceHashes.bytes.buffer, memory);
  }
});

test("connections are bounded by the descriptors, and a warning names the reason", (t) => {
  const { engine } = makeScene({ connections: 12 });
  const info = addTorrent(engine, request);
  if ("refused" in info) return t.fail();
  t.is(engine.torrents.get(info.torrent)?.limits.maxPeers, 12);
  t.deepEqual(info.warnings, [
    "12 connections at most, not 50: this process may have only 20000 files and sockets open (ulimit -n)",
  ]);
});

test("bytes that are not a torrent are refused with the reason", (t) => {
  const { engine } = makeScene();
  const info = addTorrent(engine, { ...request, metainfo: shareBytes(Buffer.from("d4:infoi1ee")) });
  t.true("refused" in info && info.message.length > 0);
  t.is(engine.torrents.size, 0);
});

test("the same torrent a second time is refused, until the first is removed", async (t) => {
  const { engine } = makeScene();
  const first = addTorrent(engine, request);
  const second = addTorrent(engine, request);
  t.is("refused" in second && second.refused, "torrent-exists");
  if ("refused" in first) return t.fail();
  const job = engine.torrents.get(first.torrent);
  if (job === undefined) return t.fail();
  await removeTorrent(engine, job, { torrent: job.id, isRecordRemoved: true });
  const third = addTorrent(engine, request);
  t.false("refused" in third);
  t.not((third as { torrent: TorrentId }).torrent, first.torrent, "numbers are never used twice");
});

test("removing a torrent removes its record, also when the record is in the memory of the file-worker", async (t) => {
  for (const home of [{ kind: "database", path: "/state/state.db" }, undefined] as const) {
    const { engine, file } = makeScene();
    const info = addTorrent(engine, home === undefined ? request : { ...request, home });
    const job = "refused" in info ? undefined : engine.torrents.get(info.torrent);
    if (job === undefined) return t.fail();
    await removeTorrent(engine, job, { torrent: job.id, isRecordRemoved: true });
    const { key } = job.identity;
    const stored = { key, home: home ?? { kind: "memory" }, directory: "/downloads" };
    t.deepEqual(file.calls("remove-record"), [stored]);
  }
});

test("each torrent has a peer id of its own", (t) => {
  const { engine } = makeScene();
  addTorrent(engine, request);
  addTorrent(engine, {
    ...request,
    metainfo: shareBytes(
      encodeTorrent({
        name: "other",
        pieceLengthBytes: 16_384,
        pieceHashes: new Uint8Array(20),
        lengthBytes: 5,
      }),
    ),
  });
  const ids = [...engine.torrents.values()].map(({ peerId }) => Buffer.from(peerId).toString());
  t.is(new Set(ids).size, 2);
  t.true(ids.every((id) => id.startsWith("-TP")));
});

test("AE12: a torrent has a peer id with the prefix of the options, which the reply has too", (t) => {
  const { engine } = makeScene();
  Object.assign(engine.options, { identity: { ...ownIdentity, peerIdPrefix: "-AB110S-" } });
  const info = addTorrent(engine, request);
  if ("refused" in info) return t.fail();
  t.regex(Buffer.from(info.peerId).toString(), /^-AB110S-[0-9A-Za-z.-]{12}$/);
  t.deepEqual(info.peerId, engine.torrents.get(info.torrent)?.peerId);
});

test("L12: each torrent of an anonymous engine has a random peer id without a prefix", (t) => {
  const ids = [1, 2].map(() => {
    const { engine } = makeScene();
    Object.assign(engine.options, { identity: anonymousIdentity });
    const info = addTorrent(engine, request);
    return "refused" in info ? "" : Buffer.from(info.peerId).toString();
  });
  for (const id of ids) t.regex(id, /^[0-9A-Za-z.-]{20}$/);
  t.false(ids.some((id) => id.startsWith("-TP")));
});

test("a removed torrent's dials do not count against others", async (t) => {
  const { engine, peerWorker, addJob } = makeScene();
  const job = addJob();
  job.directory.add("8.0.0.1", 6881, "user");
  dialMore(engine);
  t.is(peerWorker(0).dials.size, 1);
  await removeTorrent(engine, job, { torrent: job.id, isRecordRemoved: true });
  t.is(peerWorker(0).dials.size, 0);
  t.is(engine.torrents.size, 0);
});

test("a start during a removal does not keep the torrent", async (t) => {
  const { engine, file, addJob } = makeScene();
  const job = addJob();
  const removed = removeTorrent(engine, job, { torrent: job.id, isRecordRemoved: true });
  job.life.start();
  await removed;
  t.is(job.state, "stopped");
  t.is(file.sent.findLast(({ name }) => name.endsWith("-storage"))?.name, "close-storage");
  t.is(engine.torrents.size, 0);
});

test("bytes after the end of a .torrent are refused from a server, and a warning from a file", (t) => {
  const { engine } = makeScene();
  const bytes = Buffer.concat([metainfo, Buffer.from("<html>")]);
  const longer = { ...request, metainfo: shareBytes(bytes) };
  t.like(addTorrent(engine, { ...longer, source: "network" }), {
    refused: "bencode-trailing-bytes",
  });
  const info = addTorrent(engine, longer) as { warnings: readonly string[] };
  t.is(info.warnings.length, 1);
});

test("F29: a saved .torrent of another torrent, or that is no .torrent, is refused as damaged", (t) => {
  const { engine } = makeScene();
  const key = keyOf(parseTorrent(metainfo).infoHashes);
  const other = encodeTorrent({
    name: "other",
    pieceLengthBytes: 32_768,
    pieceHashes: new Uint8Array(20),
    lengthBytes: 5,
  });
  for (const damaged of [other, metainfo.subarray(0, -1)]) {
    const answer = addTorrent(engine, { ...request, metainfo: shareBytes(damaged), key });
    t.like(answer, { refused: "torrent-copy-lost" });
  }
  t.is(engine.torrents.size, 0);
  t.false("refused" in addTorrent(engine, { ...request, key }));
});

test("connections whose tables would take too much memory are left out, with a warning", (t) => {
  const { engine } = makeScene();
  const manyPieces = encodeTorrent({
    name: "many",
    pieceLengthBytes: 16_384,
    pieceHashes: new Uint8Array(20 * 400_000),
    lengthBytes: 400_000 * 16_384,
  });
  const added = { ...request, metainfo: shareBytes(manyPieces), settings: { maxPeers: 10_000 } };
  const info = addTorrent(engine, added);
  const [job] = engine.torrents.values();
  t.true(job !== undefined && job.limits.maxPeers > 500 && job.limits.maxPeers < 10_000);
  t.true((job?.content?.traffic.renewTable(0).memory.byteLength ?? Infinity) <= 64 * 1024 * 1024);
  t.regex((info as { warnings: readonly string[] }).warnings[0] ?? "", /^\d+ connections at most/);
});

test("a move or removal that a crashed file-worker did not answer is repeated to its successor", async (t) => {
  const { engine, file, addJob } = makeScene();
  const job = addJob();
  putIn(job, "stopped");
  let deaths = 0;
  file.answer = (name) => {
    if (name === "close-storage" || deaths++ % 2 === 1) return {};
    throw Object.assign(new Error("it is not there"), { code: "actor-gone" });
  };
  t.deepEqual(
    await moveTorrent(engine, job, { torrent: job.id, directory: "/elsewhere" }),
    {} as never,
  );
  t.is(job.request.directory, "/elsewhere");
  const removal = { torrent: job.id, isRecordRemoved: true, isDataRemoved: true };
  t.deepEqual(await removeTorrent(engine, job, removal), { data: {} as never });
  for (const name of ["move-data", "remove-data"] as const) t.is(file.calls(name).length, 2, name);
  t.is(file.calls("remove-record").length, 2);
});

test("a disk that does not answer refuses a move and a removal, and the engine continues", async (t) => {
  const { engine, file, addJob } = makeScene();
  const job = addJob();
  putIn(job, "stopped");
  file.answer = () => {
    throw Object.assign(new Error("too late"), { code: "call-deadline" });
  };
  t.like(await moveTorrent(engine, job, { torrent: job.id, directory: "/elsewhere" }), {
    refused: "call-deadline",
  });
  t.is(job.request.directory, "/downloads");
  const removal = { torrent: job.id, isRecordRemoved: true, isDataRemoved: true };
  t.like(await removeTorrent(engine, job, removal), { data: { refused: "call-deadline" } });
  t.is(engine.torrents.size, 0);
});

test("E12: the data of a store is neither moved nor removed, and the torrent is", async (t) => {
  const { engine, file, addJob } = makeScene();
  const job = addJob();
  putIn(job, "stopped");
  job.request = { ...job.request, modules: { store: "file:///store.mjs" } };
  const moved = await moveTorrent(engine, job, { torrent: job.id, directory: "/elsewhere" });
  t.like(moved, { refused: "store-keeps-data" });
  t.is(job.request.directory, "/downloads");
  const removal = { torrent: job.id, isRecordRemoved: true, isDataRemoved: true };
  const { data } = await removeTorrent(engine, job, removal);
  t.like(data, { removed: 0, left: [{ refused: "store-keeps-data" }] });
  t.is(engine.torrents.size, 0);
  for (const name of ["move-data", "remove-data"] as const) t.is(file.calls(name).length, 0, name);
});
