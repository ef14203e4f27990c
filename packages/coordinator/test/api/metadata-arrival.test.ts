import test from "ava";
import type { InfoHash } from "@troupe/protocol/units";
import {
  packFiles,
  shareBytes,
  type AddTorrent,
  type ApiProtocol,
  type TorrentId,
  type TorrentInfo,
} from "@troupe/messages";
import { codeOf } from "@troupe/actor-runtime";
import { ManualTime, RecordingRef, settle } from "@troupe/actor-runtime/testing";
import type { TorrentKey } from "@troupe/protocol/identity";
import { freeLock } from "../../src/api/lock/job-lock.ts";
import type { PriorityChoice } from "../../src/api/options/priority-choice.ts";
import { TorrentProxy } from "../../src/api/torrent-proxy.ts";
import type { TorrentServices } from "../../src/api/torrent-services.ts";
import { torrentOf, type Torrent } from "../../src/api/torrent.ts";

const infoHash = "a".repeat(40);
const tracker = "http://tracker.test/announce";

const unknown: TorrentInfo = {
  torrent: 7 as TorrentId,
  key: infoHash as TorrentKey,
  infoHash,
  infoHashes: { v1: infoHash as InfoHash },
  peerId: new Uint8Array(20),
  name: infoHash,
  lengthBytes: 0,
  pieceLengthBytes: 0,
  pieces: 0,
  files: packFiles([]),
  trackers: [[tracker]],
  webSeeds: [],
  isPrivate: false,
  hasMetadata: false,
  warnings: [],
};
const known: TorrentInfo = {
  ...unknown,
  name: "drawn",
  lengthBytes: 90_000,
  pieceLengthBytes: 32_768,
  pieces: 3,
  files: packFiles([
    { path: ["drawn", "one"], lengthBytes: 40_000 },
    { path: ["drawn", "two"], lengthBytes: 50_000 },
  ]),
  isPrivate: true,
  hasMetadata: true,
};
const metainfo = Uint8Array.of(1, 2, 3);
const memory = shareBytes(metainfo);
const arrival = { event: "metadata", metainfo: memory, info: known } as const;

/** A magnet that runs, and an engine that answers `add-torrent` with the number 9. */
async function magnet(priorities?: PriorityChoice, mode: AddTorrent["mode"] = "download") {
  const engine = new RecordingRef<ApiProtocol>("engine");
  const time = new ManualTime();
  const steps: string[] = [];
  engine.answer = (name) => {
    steps.push(name);
    return name === "add-torrent" ? { ...known, torrent: 9 } : {};
  };
  const request = {
    magnet: `magnet:?xt=urn:btih:${infoHash}`,
    directory: "/downloads",
    peers: [] as AddTorrent["peers"],
    settings: {},
    mode,
  } as AddTorrent;
  let links = 1;
  let records = 1;
  const servicesOf = (given: AddTorrent): TorrentServices => ({
    request: given,
    priorities,
    engine,
    timers: time,
    clock: time,
    refuseClosed: () => undefined,
    servicesNamed() {
      return this;
    },
    namesLearned: () => undefined,
    lock: freeLock("/downloads"),
    queuePosition: () => 0,
    setQueuePosition: () => undefined,
    forget: () => undefined,
    leaveQuarantine: () => undefined,
    saveRemoval: () => Promise.resolve(),
    forgetSaved: async () => void records--,
    saveTorrent: () => Promise.resolve(),
    exists: () => Promise.resolve(false),
    torrentSaved: () => void links--,
    mayBeMoving: false,
    saveWish: () => undefined,
    saveNames: () => Promise.resolve(),
    servicesAt: () => servicesOf(given),
    servicesWith: (bytes) => {
      const { magnet: _, ...others } = given;
      return servicesOf({ ...others, metainfo: bytes, isUnsaved: true });
    },
    untilAnswered: (ask) => ask(),
  });
  const proxy = new TorrentProxy(unknown, servicesOf(request));
  const torrent = torrentOf(proxy);
  const heard: unknown[] = [];
  const hear = (event: unknown): void => void heard.push(event);
  torrent.on("metadata", hear);
  torrent.on("error", ({ code }) => heard.push(code));
  torrent.start();
  await settle();
  proxy.receive({ event: "state", state: "metadata" });
  engine.sent.length = 0;
  const accepted = () => engine.casts("accept-metadata");
  return {
    engine,
    time,
    proxy,
    torrent,
    heard,
    steps,
    accepted,
    links: () => links,
    records: () => records,
    unheard: () => torrent.off("metadata", hear),
  };
}

test("AE1: a magnet has its info-hash and its link at once, and nothing that depends on its files", async (t) => {
  const { torrent } = await magnet();
  t.is(torrent.infoHash, infoHash);
  t.is(torrent.name, infoHash);
  t.is(torrent.magnet, `magnet:?xt=urn:btih:${infoHash}&tr=${encodeURIComponent(tracker)}`);
  t.false(torrent.hasMetadata);
  t.is(torrent.metainfo, undefined);
  t.deepEqual(torrent.files, []);
  t.deepEqual(
    [torrent.size, torrent.pieceLength, torrent.lastPieceLength, torrent.pieceCount, torrent.left],
    [0, 0, 0, 0, 0],
  );
  t.false(torrent.isComplete);
  t.false(torrent.isFinished);
  t.false(torrent.isSeed);
  t.is(torrent.progress.percentage, 0);
});

test("what needs the files of a magnet is refused until they are known", async (t) => {
  const { torrent } = await magnet();
  const code = "metadata-unknown";
  t.throws(() => torrent.setPriority(0, 1), { code });
  await t.throwsAsync(torrent.move("/elsewhere"), { code });
  await t.throwsAsync(torrent.hashcheck(), { code });
});

test("AE1: the metadata gives a magnet its files, and the engine learns that the program has handled it", async (t) => {
  const { proxy, torrent, heard, accepted } = await magnet();
  proxy.receive(arrival);
  await torrent.metadata;
  t.true(torrent.hasMetadata);
  t.is(torrent.name, "drawn");
  t.is(torrent.size, 90_000);
  t.is(torrent.lastPieceLength, 90_000 - 65_536);
  t.is(torrent.left, 90_000);
  t.true(torrent.isPrivate);
  t.deepEqual(
    torrent.files.map(({ path }) => path),
    ["/downloads/drawn/one", "/downloads/drawn/two"],
  );
  torrent.metainfo?.fill(0);
  t.deepEqual(torrent.metainfo, metainfo, "a user has a copy");
  t.regex(torrent.magnet, /&dn=drawn&/);
  t.deepEqual(heard, [{ event: "metadata", name: "drawn", size: 90_000, pieces: 3, files: 2 }]);
  t.deepEqual(accepted(), []);
  await settle();
  t.deepEqual(accepted(), [{ torrent: 7 as TorrentId, priorities: [1, 1] }]);
});

test("the priorities of a magnet reach the engine with the acceptance of its metadata", async (t) => {
  const choices: [PriorityChoice, readonly number[]][] = [
    [
      [0, 5],
      [0, 5],
    ],
    [(files) => files.map(({ path }) => (path.endsWith("two") ? 2 : 0)), [0, 2]],
  ];
  for (const [choice, priorities] of choices) {
    const { proxy, torrent, accepted } = await magnet(choice);
    proxy.receive(arrival);
    await settle();
    t.deepEqual(accepted()[0]?.priorities, priorities);
    t.deepEqual(torrent.priorities, priorities);
  }
});

test("priorities that a listener sets, or code that awaits the metadata, are in the answer to the engine", async (t) => {
  const choices: ((torrent: Torrent) => void)[] = [
    (torrent) => torrent.on("metadata", () => torrent.setPriority(0, 0)),
    (torrent) => void torrent.metadata.then(() => torrent.setPriority(0, 0)),
    async (torrent) => {
      for await (const { event } of torrent.events())
        if (event === "metadata") return torrent.setPriority(0, 0);
    },
  ];
  for (const choose of choices) {
    const { proxy, torrent, accepted } = await magnet();
    choose(torrent);
    proxy.receive(arrival);
    await settle();
    t.deepEqual(accepted(), [{ torrent: 7 as TorrentId, priorities: [0, 1] }]);
  }
});

test("the engine waits for a program that listens for the metadata, and no longer when it ceases to", async (t) => {
  const { engine, proxy, torrent, unheard } = await magnet();
  const waits = () => engine.casts("set-metadata-wait").map(({ wait }) => wait);
  const listener = () => undefined;
  unheard();
  t.deepEqual(waits(), ["none"]);
  torrent.on("warning", listener);
  t.deepEqual(waits(), ["none"]);
  torrent.once("metadata", listener);
  t.deepEqual(waits(), ["none", "listener"]);
  torrent.off("metadata", listener);
  t.deepEqual(waits(), ["none", "listener", "none"]);
  const stop = new AbortController();
  torrent.events({ signal: stop.signal });
  stop.abort();
  void torrent.metadata;
  t.deepEqual(waits(), ["none", "listener", "none", "listener"]);
  engine.answer = () => ({ ...unknown, torrent: 9 });
  await proxy.addToEngine();
  t.like(engine.sent.findLast(({ name }) => name === "add-torrent")?.message, {
    metadataWait: "listener",
  });
  proxy.receive(arrival);
  torrent.on("metadata", listener);
  t.is(waits().length, 4, "nothing is to be waited for any more");
});

test("a saved .torrent replaces the link of a magnet", async (t) => {
  const { proxy, links } = await magnet();
  proxy.receive(arrival);
  await settle();
  t.is(links(), 1);
  proxy.receive({ event: "torrent-saved" });
  t.is(links(), 0);
});

test("a magnet that ends because its torrent was added before leaves the state folder", async (t) => {
  const { proxy, heard, records } = await magnet();
  const fault = { code: "torrent-exists", message: "this torrent was added before" };
  t.is(records(), 1);
  proxy.receive({ event: "state", state: "error", fault });
  proxy.receive({ event: "error", ...fault });
  await settle();
  t.is(records(), 0);
  t.deepEqual(heard, ["torrent-exists"]);
});

test("a magnet that ends for another reason stays in the state folder", async (t) => {
  const { proxy, records } = await magnet();
  const fault = { code: "magnet-malformed", message: "the magnet link names two torrents" };
  proxy.receive({ event: "state", state: "error", fault });
  await settle();
  t.is(records(), 1);
});

test("deadlines that are set before the engine has the content are sent again once it has", async (t) => {
  const { proxy, torrent, engine } = await magnet();
  proxy.receive(arrival);
  await torrent.metadata;
  engine.sent.length = 0;
  torrent.setDeadlines([{ piece: 2, ms: 1_000 }]);
  await settle();
  t.deepEqual(
    engine.sent.map(({ name }) => name),
    ["set-deadlines", "accept-metadata", "set-deadlines"],
  );
});

test("deadlines are refused until the files of a magnet are known, and none are sent with them", async (t) => {
  const { proxy, torrent, engine } = await magnet();
  t.throws(() => torrent.setDeadlines([{ piece: 0, ms: 0 }]), { code: "metadata-unknown" });
  proxy.receive(arrival);
  await settle();
  t.deepEqual(engine.casts("set-deadlines"), []);
});

test("a new engine gets the deadlines again, under the new number of the torrent", async (t) => {
  const { proxy, torrent, engine, time } = await magnet();
  proxy.receive(arrival);
  await settle();
  torrent.setDeadlines([{ piece: 1, ms: 5_000 }]);
  time.advance(2_000);
  engine.sent.length = 0;
  await proxy.addToEngine();
  t.deepEqual(engine.casts("set-deadlines"), [
    { torrent: 9, deadlines: [{ piece: 1, ms: 3_000 }] },
  ]);
});

test("priorities that do not fit the files stop a magnet with an error, again at each start", async (t) => {
  const { proxy, torrent, heard, steps, accepted } = await magnet(() => [1, 1, 1]);
  for (let start = 1; start <= 2; start++) {
    const { metadata, completed } = torrent;
    proxy.receive(arrival);
    await settle();
    t.is(torrent.state, "error");
    await t.throwsAsync(metadata, {
      code: "option-out-of-range",
      message: /a list of 3.* 2 whole/,
    });
    await t.throwsAsync(completed, { code: "option-out-of-range" });
    t.deepEqual(heard.splice(0), ["option-out-of-range"]);
    t.deepEqual(accepted(), []);
    t.true(steps.includes("stop-torrent"));
    torrent.start();
    await settle();
    proxy.receive({ event: "state", state: "metadata" });
  }
});

test("the error of a function of priorities is the error of the magnet", async (t) => {
  const { proxy, torrent } = await magnet(() => {
    throw Object.assign(new Error("no file matches *.txt"), { code: "no-such-file" });
  });
  proxy.receive(arrival);
  await settle();
  t.deepEqual(torrent.fault, { code: "no-such-file", message: "no file matches *.txt" });
});

test("a new engine gets the .torrent of a magnet, and no answer that was meant for the earlier engine", async (t) => {
  const { proxy, torrent, engine, accepted } = await magnet([0, 1]);
  proxy.receive(arrival);
  await proxy.addToEngine();
  await settle();
  const added = engine.sent.find(({ name }) => name === "add-torrent")?.message as AddTorrent;
  t.is(added.metainfo, memory);
  t.is(added.magnet, undefined);
  t.true(added.isUnsaved);
  t.deepEqual(added.priorities, [0, 1]);
  t.deepEqual(accepted(), []);
  t.is(torrent.state, "metadata");
});

test("a new engine gets a magnet by its link while its files are unknown", async (t) => {
  const { proxy, engine } = await magnet([0, 1]);
  engine.answer = () => ({ ...unknown, torrent: 9 });
  await proxy.addToEngine();
  const added = engine.sent.find(({ name }) => name === "add-torrent")?.message as AddTorrent;
  t.is(added.magnet, `magnet:?xt=urn:btih:${infoHash}`);
});

test("metadata that comes again after a stop is accepted again, and emitted once", async (t) => {
  const { proxy, heard, accepted } = await magnet();
  proxy.receive(arrival);
  proxy.receive(arrival);
  await settle();
  t.is(heard.length, 1);
  t.is(accepted().length, 2);
});

test("a torrent that was added for its metadata alone is stopped when it has come", async (t) => {
  const { proxy, torrent, steps, engine } = await magnet(undefined, "metadata-only");
  proxy.receive(arrival);
  await torrent.metadata;
  await settle();
  t.deepEqual(torrent.metainfo, metainfo);
  t.deepEqual(steps, ["stop-torrent"]);
  engine.sent.length = 0;
  torrent.start();
  await settle();
  t.deepEqual(engine.sent, []);
});

test("`metadata` rejects like `completed`, and is pending again after a start", async (t) => {
  const { proxy, torrent } = await magnet();
  const first = torrent.metadata;
  proxy.receive({ event: "error", code: "metadata-wrong", message: "it is broken" });
  await t.throwsAsync(first, { code: "metadata-wrong" });
  torrent.start();
  proxy.receive(arrival);
  await t.notThrowsAsync(torrent.metadata);
  const { proxy: removed, torrent: gone } = await magnet();
  const pending = gone.metadata;
  await removed.remove();
  t.is(codeOf(await t.throwsAsync(pending)), "torrent-stopped");
});
