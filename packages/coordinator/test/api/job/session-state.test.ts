import test, { type ExecutionContext } from "ava";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shareBytes, zeroCounters, type ListedJob } from "@troupe/messages";
import { encode } from "@troupe/protocol/bencode";
import { encodeTorrent, parseTorrent } from "@troupe/protocol/metainfo";
import { keyOf, keysOf, type TorrentKey } from "@troupe/protocol/identity";
import type { AddTorrent } from "@troupe/messages";
import { loadMetainfo, readMagnet } from "../../../src/api/job/load-metainfo.ts";
import { SavedTorrents } from "../../../src/api/job/saved-torrents.ts";
import { SessionState } from "../../../src/api/job/session-state.ts";
import { addRequest } from "../../../src/api/options/add-options.ts";
import { engineOptions } from "../../../src/api/options/options.ts";

const key = "a".repeat(40) as TorrentKey;
const job = { key, directory: "/data" };
const magnet = `magnet:?xt=urn:btih:${key}&dn=name`;

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "session-state-"));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

function stateIn(directory: string): SessionState {
  return new SessionState(directory, (job) => Promise.resolve(job.directory));
}

test("AE1: the source of a job is its .torrent, or its magnet link with its origin", async (t) => {
  const directory = await folder(t);
  const saved = new SavedTorrents(directory);
  await saved.saveMagnet(key, { magnet, source: "network" });
  t.like(await stateIn(directory).source(job), { kind: "magnet", magnet, source: "network" });
  await saved.save(key, Uint8Array.of(1));
  t.like(await stateIn(directory).source(job), { kind: "metainfo" });
});

test("a job without a .torrent and with a damaged link, or one of another torrent, is refused", async (t) => {
  const directory = await folder(t);
  const code = "torrent-copy-lost";
  await t.throwsAsync(stateIn(directory).source(job), { code });
  await new SavedTorrents(directory).saveMagnet(key, { magnet, source: "file" });
  for (const link of ["", "magnet:?dn=name", magnet.replace("aaaa", "bbbb")]) {
    await writeFile(join(directory, "torrents", `${key}.magnet`), link);
    await t.throwsAsync(stateIn(directory).source(job), { code }, link);
  }
});

test("a magnet that was added beside a damaged .torrent is brought back by its link", async (t) => {
  const directory = await folder(t);
  const saved = new SavedTorrents(directory);
  await saved.save(key, Uint8Array.of(1));
  await saved.saveMagnet(key, { magnet, source: "file" });
  t.like(await stateIn(directory).source(job), { kind: "magnet", magnet });
});

test("a .torrent goes before a magnet link that was not removed, which still selects the files", async (t) => {
  const directory = await folder(t);
  const bytes = encodeTorrent({
    name: "name",
    pieceLengthBytes: 16_384,
    pieceHashes: new Uint8Array(20),
    lengthBytes: 1,
  });
  const ownKey = keyOf(parseTorrent(bytes).infoHashes);
  const saved = new SavedTorrents(directory);
  await saved.save(ownKey, bytes);
  const link = `magnet:?xt=urn:btih:${ownKey}&so=2&tr=http%3A%2F%2Ftracker.test%2Fannounce`;
  await saved.saveMagnet(ownKey, { magnet: link, source: "file" });
  t.like(await stateIn(directory).source({ ...job, key: ownKey }), {
    kind: "metainfo",
    link: { selected: [[2, 2]], trackers: [], webSeeds: [], peers: [] },
  });
});

test("what comes from the network is marked as such", async (t) => {
  const state = stateIn(await folder(t));
  t.is((await state.load(magnet, {})).source, "file");
  t.is((await state.load(magnet, { fromNetwork: true })).source, "network");
});

test("F09: settings that changed since a torrent was added are saved in its copy, and precede those of the record", async (t) => {
  const directory = await folder(t);
  const state = stateIn(directory);
  const home = { kind: "database", path: join(directory, "state.db") } as const;
  const request = addRequest(readMagnet(magnet), { maxPeers: 9 }, engineOptions({}), home);
  const values = { maxPeers: 7, "goals.ratio": 2, queueRank: 7, forced: true };
  const torrent = {
    info: { key },
    isStarted: true,
    chosenPriorities: undefined,
    recorded: { dates: { addedAt: 5 } },
    settings: { values },
    receive: () => undefined,
  };
  await state.save(torrent, request);
  const settings = { ...request.settings, "goals.ratio": 1 };
  const recorded = { key, directory: request.directory, settings, isStarted: false };
  const [listed] = await state.jobs([recorded], []);
  t.like(listed, { isStarted: true, settings: values });
});

test("the dates and the mark of a job are those of its copy and its record together", async (t) => {
  const { state, request, torrent } = await removable(t);
  await state.save(torrent, request);
  const { settings } = request;
  const dates = { addedAt: 9, completedAt: 10 };
  const counters = { ...zeroCounters, uploadedBytes: 7 };
  const recorded: ListedJob = {
    ...{ key, directory: request.directory, settings, isStarted: false },
    ...{ dates, counters, isServed: true },
  };
  const copied = { dates: { addedAt: 5 }, counters: undefined, isServed: undefined };
  t.like((await state.jobs([], []))[0], copied);
  const both = { dates: { addedAt: 5, completedAt: 10 }, counters, isServed: true } as const;
  t.like((await state.jobs([recorded], []))[0], { isStarted: true, ...both });
  await state.save(torrent, { ...request, isServed: true });
  t.like((await state.jobs([], []))[0], { isServed: true });
});

test("L13, E10, E11: a torrent keeps the names on record for its folder, and another folder has none", async (t) => {
  const directory = await folder(t);
  const state = stateIn(directory);
  const loaded = readMagnet(magnet);
  t.is(await state.jobOnRecord(loaded, "/data"), undefined);
  const renames = [{ from: "a", to: "b" }];
  const settings = { maxPeers: 7, renames };
  const saved = new SavedTorrents(directory);
  await saved.saveJob({ key, directory: "/data", settings, isStarted: true });
  t.like(await state.jobOnRecord(loaded, "/data"), { settings });
  t.is(await state.jobOnRecord(loaded, "/other"), undefined);
});

/** A hybrid of one file with one block. */
function hybrid(): Uint8Array {
  const block = new Uint8Array(16_384).fill(7);
  const digest = (algorithm: string) => createHash(algorithm).update(block).digest();
  return encode({
    info: {
      "file tree": { name: { "": { length: block.length, "pieces root": digest("sha256") } } },
      length: block.length,
      "meta version": 2,
      name: "name",
      "piece length": block.length,
      pieces: digest("sha1"),
    },
  });
}

for (const first of [0, 1] as const) {
  test(`A16: the copy of a hybrid is found by each of its hashes, saved under its ${["first", "second"][first]}`, async (t) => {
    const { directory, request, state, torrent } = await removable(t);
    const metainfo = hybrid();
    const { infoHashes } = parseTorrent(metainfo);
    const keys = keysOf(infoHashes);
    t.is(keys.length, 2);
    const info = { key: keys[first] ?? keys[0], infoHashes };
    const { magnet: _, ...others } = request;
    await state.save({ ...torrent, info }, { ...others, metainfo: shareBytes(metainfo) });
    await state.settled();
    for (const hash of keys) t.like(await state.load(hash, {}), { kind: "metainfo", metainfo });
    t.deepEqual(
      readdirSync(join(directory, "torrents")).filter((name) => name.endsWith(".torrent")),
      [`${info.key}.torrent`],
    );
  });
}

/** A torrent whose copies a state folder keeps. */
async function removable(t: ExecutionContext) {
  const directory = await folder(t);
  const state = stateIn(directory);
  const home = { kind: "database", path: join(directory, "state.db") } as const;
  const request = addRequest(readMagnet(magnet), {}, engineOptions({}), home);
  const torrent = {
    info: { key },
    isStarted: true,
    chosenPriorities: undefined,
    recorded: { dates: { addedAt: 5 } },
    settings: { values: {} },
    receive: () => undefined,
  };
  return { state, request, torrent, directory };
}

test("the link of a magnet is removed once its priorities are listed", async (t) => {
  const { state, request, torrent, directory } = await removable(t);
  await state.save(torrent, request);
  const files = () =>
    readdirSync(join(directory, "torrents")).map((name) => name.replace(/.*\./, "."));
  t.deepEqual(files().toSorted(), [".job", ".magnet"]);
  state.replaceMagnet({ ...torrent, chosenPriorities: [0, 1] }, request);
  await state.settled();
  t.deepEqual(files(), [".job"]);
  t.like(await state.jobs([], []), [{ priorities: [0, 1] }]);
});

test("the link of a magnet stays when its priorities cannot be listed", async (t) => {
  const { state, request, torrent, directory } = await removable(t);
  await state.save(torrent, request);
  const folderOfCopies = join(directory, "torrents");
  const record = readdirSync(folderOfCopies).find((name) => name.endsWith(".job")) ?? "";
  rmSync(join(folderOfCopies, record));
  mkdirSync(join(folderOfCopies, record, "taken"), { recursive: true });
  state.replaceMagnet({ ...torrent, chosenPriorities: [0, 1] }, request);
  await state.settled();
  t.true(readdirSync(folderOfCopies).some((name) => name.endsWith(".magnet")));
});

test("a removal that was listed is in the list of jobs until the job is added again", async (t) => {
  const { state, request, torrent } = await removable(t);
  await state.save(torrent, request);
  await state.saveRemoval(torrent, request);
  const { settings } = request;
  const recorded = { key, directory: request.directory, settings, isStarted: true };
  t.like(await state.jobs([], []), [{ isRemoved: true, isStarted: false }]);
  t.like(await state.jobs([recorded], []), [{ isRemoved: true, isStarted: false }]);
  await state.save(torrent, request);
  const [again] = await state.jobs([], []);
  t.like(again, { isStarted: true, isRemoved: undefined });
});

test("a removal whose record comes late is forgotten after it is written", async (t) => {
  const { state, request, torrent } = await removable(t);
  // Nobody waits for it.
  const late = state.saveRemoval(torrent, request);
  await state.forgetTorrent(key, request.directory);
  await late;
  t.deepEqual(await state.jobs([], []), []);
});

/** A .torrent of one torrent with this tracker, and its key. */
function torrentOf(tracker: string) {
  const metainfo = encodeTorrent({
    name: "name",
    pieceLengthBytes: 16_384,
    pieceHashes: new Uint8Array(20),
    lengthBytes: 1,
    trackers: [[tracker]],
  });
  return { metainfo, key: keyOf(parseTorrent(metainfo).infoHashes) };
}

const users = torrentOf("http://user.test/announce");
const strangers = torrentOf("http://stranger.test/announce");

/** A state folder where a user's job is kept, and one with the same torrent by a caller elsewhere. */
async function sharedTorrent(t: ExecutionContext) {
  const { state, directory, torrent } = await removable(t);
  const home = { kind: "database", path: join(directory, "state.db") } as const;
  const save = async (
    bytes: Uint8Array,
    folder: string,
    more: Pick<AddTorrent, "isFromStranger"> = {},
  ): Promise<void> => {
    const loaded = { kind: "metainfo", metainfo: bytes, source: "file" } as const;
    const request = addRequest(loaded, { directory: folder }, engineOptions({}), home);
    await state.saveTorrent({ ...torrent, info: { key: users.key } }, { ...request, ...more });
  };
  const trackersOf = async (folder: string) => {
    const source = await state.source({ key: users.key, directory: folder });
    if (source.kind !== "metainfo") throw new Error("a magnet");
    const { trackers } = parseTorrent(source.metainfo);
    return { trackers: trackers.flat(), isFromStranger: source.isFromStranger };
  };
  return { state, directory, save, trackersOf };
}

test("a torrent of a caller elsewhere replaces no copy of another job, and is brought back for its own alone", async (t) => {
  t.is(users.key, strangers.key);
  const { state, directory, save, trackersOf } = await sharedTorrent(t);
  await save(users.metainfo, "/users");
  await save(strangers.metainfo, "/strangers", { isFromStranger: true });
  const ofUser = { trackers: ["http://user.test/announce"], isFromStranger: undefined };
  const ofStranger = { trackers: ["http://stranger.test/announce"], isFromStranger: true };
  t.deepEqual(await trackersOf("/users"), ofUser);
  t.deepEqual(await trackersOf("/strangers"), ofStranger);
  const link = { source: `magnet:?xt=urn:btih:${users.key}`, stateDirectory: directory };
  t.deepEqual(await loadMetainfo(link.source, link), users.metainfo);
  await state.forgetTorrent(users.key, "/strangers");
  t.deepEqual(await trackersOf("/strangers"), ofUser);
});

test("a torrent that a user adds in the place of a stranger's is brought back from the user's copy", async (t) => {
  const { save, trackersOf } = await sharedTorrent(t);
  await save(strangers.metainfo, "/data", { isFromStranger: true });
  t.true((await trackersOf("/data")).isFromStranger);
  await save(users.metainfo, "/data");
  t.is((await trackersOf("/data")).isFromStranger, undefined);
});

test("a moved job of a caller elsewhere is brought back from its copy under the old name", async (t) => {
  const { state, save } = await sharedTorrent(t);
  await save(strangers.metainfo, "/from", { isFromStranger: true });
  const move = { key: users.key, from: "/from", to: "/to", isSwitched: true, isWhole: true };
  const [moved] = await state.jobs([], [move]);
  t.like(moved, { directory: "/to", copiedAt: "/from" });
  t.like(moved && (await state.source(moved)), { isFromStranger: true });
});
