import test from "ava";
import { PatientRef } from "@troupe/actor-runtime";
import type { InfoHash } from "@troupe/protocol/units";
import { TroupeError } from "@troupe/control";
import type {
  AddTorrent,
  ApiProtocol,
  TorrentEvent,
  TorrentId,
  TorrentInfo,
  TorrentProgress,
} from "@troupe/messages";
import { packFiles } from "@troupe/messages";
import { ManualTime, RecordingRef, settle } from "@troupe/actor-runtime/testing";
import { bitsOf } from "@troupe/protocol/testing";
import { freeLock, type JobLock } from "../../src/api/lock/job-lock.ts";
import type { TorrentServices, TorrentUserEvent } from "../../src/api/torrent-services.ts";
import { torrentOf } from "../../src/api/torrent.ts";
import { TorrentProxy } from "../../src/api/torrent-proxy.ts";
import type { WaitOptions } from "@troupe/api-base";
import type { TorrentKey } from "@troupe/protocol/identity";

const info: TorrentInfo = {
  torrent: 7 as TorrentId,
  key: "0f".repeat(20) as TorrentKey,
  infoHash: "0f".repeat(20),
  infoHashes: { v1: "0f".repeat(20) as InfoHash },
  peerId: Buffer.from("-TP0100-abcdefghijkl"),
  name: "drawn",
  lengthBytes: 90_000,
  pieceLengthBytes: 32_768,
  pieces: 3,
  files: packFiles([{ path: ["drawn", "one"], lengthBytes: 90_000 }]),
  trackers: [["http://a/announce"]],
  webSeeds: [],
  isPrivate: false,
  hasMetadata: true,
  warnings: [],
};

const request = { directory: "/downloads", peers: [], settings: {} } as unknown as AddTorrent;

/** A lock that another has got as long as `isTaken` says so. */
class FakeLock implements JobLock {
  isHeld = false;
  isTaken = false;
  /** Its disk does not answer: 5 s pass in no time. */
  isSilent = false;
  isProvisional = false;
  readonly folder = "/downloads";
  takes = 0;
  seen: JobLock["seen"] = {};
  renewals = 0;

  async take(): Promise<void> {
    this.takes += 1;
    await Promise.resolve();
    if (this.isSilent) throw new TroupeError("disk-not-answering", "the disk did not answer");
    if (this.isTaken) throw new TroupeError("already-running", "it runs elsewhere");
    this.isHeld = true;
  }

  async renew(): Promise<void> {
    this.renewals += 1;
    await Promise.resolve();
    if (!this.isTaken) return;
    this.isHeld = false;
    throw new TroupeError("already-running", "it runs elsewhere");
  }

  async release(): Promise<void> {
    await Promise.resolve();
    this.isHeld = false;
  }
}

function scene({
  lock = freeLock("/downloads"),
  nextLock = freeLock("/elsewhere"),
  untilAnswered = (ask) => ask(),
  files = info.files,
}: Partial<
  Pick<TorrentServices, "lock" | "untilAnswered"> & {
    readonly nextLock: JobLock;
    readonly files: TorrentInfo["files"];
  }
> = {}) {
  const engine = new RecordingRef<ApiProtocol>("engine");
  const time = new ManualTime();
  const forgotten: unknown[] = [];
  const copies = { forgotten: 0, removals: 0, saved: 0 };
  const services: TorrentServices = {
    request,
    priorities: undefined,
    engine: new PatientRef<ApiProtocol>(engine, { clock: time, timers: time }),
    timers: time,
    clock: time,
    refuseClosed: () => undefined,
    servicesNamed: () => services,
    namesLearned: () => undefined,
    lock,
    queuePosition: () => 0,
    setQueuePosition: () => undefined,
    forget: () => void forgotten.push(torrent),
    leaveQuarantine: () => undefined,
    saveRemoval: async () => void copies.removals++,
    forgetSaved: async () => void copies.forgotten++,
    saveTorrent: () => Promise.resolve(),
    exists: () => Promise.resolve(false),
    torrentSaved: () => undefined,
    mayBeMoving: false,
    saveWish: () => void copies.saved++,
    saveNames: () => Promise.resolve(),
    servicesAt: (directory) => ({
      ...services,
      request: { ...request, directory },
      lock: nextLock,
    }),
    servicesWith: () => services,
    untilAnswered,
  };
  const proxy = new TorrentProxy({ ...info, files }, services);
  const torrent = torrentOf(proxy);
  const heard: TorrentUserEvent[] = [];
  for (const name of ["state", "piece", "progress", "complete", "warning", "stopped"] as const) {
    torrent.on(name, (event: TorrentUserEvent) => void heard.push(event));
  }
  const receive = (...events: TorrentEvent[]) => {
    for (const event of events) proxy.receive(event);
  };
  return { engine, time, proxy, torrent, forgotten, copies, heard, receive };
}

/** A torrent that runs, and whose files are on their way to another folder until `arrive`. */
async function moving() {
  const [lock, nextLock] = [new FakeLock(), new FakeLock()];
  const made = scene({ lock, nextLock });
  const { engine, torrent } = made;
  const arrived = Promise.withResolvers<unknown>();
  engine.answer = (name) => (name === "move-torrent" ? arrived.promise : { ...info, torrent: 9 });
  torrent.start();
  await settle();
  const move = torrent.move("/elsewhere");
  await settle();
  engine.sent.length = 0;
  const arrive = async () => {
    arrived.resolve({ directory: "/elsewhere", hasMoved: true });
    await move;
  };
  return { ...made, lock, nextLock, arrive, said: () => engine.sent.map(({ name }) => name) };
}

function figures(over: Partial<TorrentProgress>): TorrentEvent {
  return {
    event: "progress",
    haveBytes: 0,
    wantedBytes: 90_000,
    downloadedBytes: 0,
    uploadedBytes: 0,
    wastedBytes: 0,
    failedHashBytes: 0,
    protocolDownBytes: 0,
    protocolUpBytes: 0,
    downBytesPerSecond: 0,
    upBytesPerSecond: 0,
    peers: 0,
    ...{ seeds: 0, sendingPeers: 0, gettingPeers: 0 },
    ...over,
  };
}

const patientCalls = [
  ["status", "torrent-status"],
  ["stop", "stop-torrent"],
  ["remove", "remove-torrent"],
] as const;
for (const [name, message] of patientCalls) {
  test(`a ${name} waits for room at a busy engine without a deadline`, async (t) => {
    const { engine, time, torrent } = scene();
    engine.credits = 0;
    const answered = torrent[name]();
    await time.pass(60_000);
    t.deepEqual(engine.calls(message), []);
    engine.giveRoom(1);
    await answered;
    t.is(engine.calls(message).length, 1);
  });
}

test("a torrent shows its user facts alone, and nothing of the library", (t) => {
  const { torrent } = scene();
  t.deepEqual(Object.keys(torrent), ["infoHash"]);
  const own = Object.getOwnPropertyNames(TorrentProxy.prototype);
  const both = own.filter((name) => name in torrent);
  t.deepEqual(both.toSorted(), [
    "addPeer",
    "constructor",
    "disconnect",
    "fault",
    "files",
    "hashcheck",
    "move",
    "pause",
    "priorities",
    "remove",
    "setPriorities",
    "start",
    "state",
    "stop",
  ]);
});

test("a complete torrent emits no progress while it stops, but keeps the last figures", (t) => {
  const { torrent, receive, heard } = scene();
  receive({ event: "state", state: "active" });
  for (const index of [0, 1, 2]) receive({ event: "piece", index, verified: true });
  receive({ event: "complete", seconds: 1 }, figures({ haveBytes: 90_000, uploadedBytes: 1 }));
  t.is(heard.at(-1)?.event, "progress", "a seeding torrent keeps them");
  receive({ event: "state", state: "stopping" });
  receive(figures({ haveBytes: 90_000, uploadedBytes: 2 }), { event: "state", state: "stopped" });
  t.is(heard.filter(({ event }) => event === "progress").length, 1);
  t.is(torrent.progress.uploadedBytes, 2);
});

test("an incomplete torrent emits its last progress", (t) => {
  const { receive, heard } = scene();
  receive({ event: "state", state: "stopping" }, figures({}));
  t.is(heard.at(-1)?.event, "progress");
});

test("a torrent has its sizes and the paths of its files", (t) => {
  const { torrent } = scene();
  t.is(torrent.size, 90_000);
  t.is(torrent.pieceLength, 32_768);
  t.is(torrent.lastPieceLength, 90_000 - 65_536);
  t.is(torrent.pieceCount, 3);
  t.deepEqual(torrent.files, [
    {
      path: "/downloads/drawn/one",
      torrentPath: "drawn/one",
      lengthBytes: 90_000,
      offset: 0,
      pieceRange: [0, 2],
      priority: 1,
      haveBytes: 0,
      isPadding: false,
      isInPartFile: false,
    },
  ]);
  t.is(torrent.left, 90_000);
  t.false(torrent.isComplete);
});

test("size, progress and the bytes left leave padding out, pieces do not", (t) => {
  const { torrent, receive } = scene({
    files: packFiles([
      { path: ["drawn", "one"], lengthBytes: 20_000 },
      { path: ["drawn", ".pad"], lengthBytes: 65_536 - 20_000, isPadding: true },
      { path: ["drawn", "two"], lengthBytes: 24_464 },
    ]),
  });
  t.is(torrent.size, 44_464);
  t.is(torrent.left, 44_464);
  t.is(torrent.lastPieceLength, 24_464);
  receive({ event: "checked", bitfield: bitsOf("#.#") });
  t.like(torrent.progress, { haveBytes: 44_464, wantedBytes: 44_464, unfinished: 1 });
  t.is(torrent.left, 0);
  t.false(torrent.isComplete, "a piece of padding alone has not been verified");
  t.false(torrent.isSeed);
  receive({ event: "piece", index: 1, verified: true });
  t.true(torrent.isComplete);
  t.true(torrent.isSeed);
  t.is(torrent.progress.haveBytes, 44_464);
});

test("calls of the user go to the engine", async (t) => {
  const { engine, torrent } = scene();
  torrent.start();
  torrent.pause();
  torrent.addPeer({ host: "8.0.0.1", port: 1 });
  await torrent.stop();
  t.deepEqual(
    engine.sent.map(({ name }) => name),
    ["start-torrent", "pause-torrent", "add-peer", "stop-torrent"],
  );
});

test("a start sends the device that its lock has just seen", async (t) => {
  const lock = new FakeLock();
  const { engine, torrent } = scene({ lock });
  lock.seen = { device: "7" };
  torrent.start();
  await settle();
  await torrent.stop();
  lock.seen = {};
  torrent.start();
  await settle();
  t.deepEqual(engine.casts("start-torrent"), [{ torrent: 7, device: "7" }, { torrent: 7 }]);
});

test("verified pieces count as had before and after the next progress", (t) => {
  const { torrent, receive, heard } = scene();
  receive({ event: "piece", index: 2, verified: true });
  receive({ event: "piece", index: 2, verified: true });
  receive({ event: "piece", index: 0, verified: false });
  t.deepEqual([...torrent.bitfield], [...bitsOf("..#")]);
  t.is(torrent.progress.haveBytes, 90_000 - 65_536, "the last piece is shorter");
  receive(figures({ haveBytes: 24_464, downloadedBytes: 30_000, uploadedBytes: 5 }));
  t.is(torrent.downloaded, 30_000);
  t.is(torrent.uploaded, 5);
  t.is(heard.filter(({ event }) => event === "piece").length, 3);
});

test("EX5, AE16: a lost piece is neither finished nor had until it is fetched again", (t) => {
  const { torrent, receive } = scene();
  receive({ event: "checked", bitfield: bitsOf("###") });
  receive({ event: "piece", index: 2, verified: false });
  receive({ event: "piece", index: 2, verified: false });
  t.like(torrent.progress, { finished: 2, unfinished: 1, percentage: 200 / 3, haveBytes: 65_536 });
  t.is(torrent.left, 90_000 - 65_536, "the last piece is shorter");
  t.deepEqual([...torrent.wanted], [...bitsOf("..#")]);
  receive({ event: "piece", index: 2, verified: true });
  t.like(torrent.progress, { finished: 3, unfinished: 0, percentage: 100, haveBytes: 90_000 });
  t.is(torrent.left, 0);
});

test("AE16: setPriority updates `wantedBytes` and `left` before the next progress", (t) => {
  const { torrent, receive } = scene();
  receive({ event: "piece", index: 2, verified: true });
  torrent.setPriority(0, 0);
  t.is(torrent.progress.wantedBytes, 90_000 - 65_536, "what is had");
  t.is(torrent.left, 0);
  t.deepEqual([...torrent.wanted], [0]);
  torrent.setPriority(0, 3);
  t.is(torrent.progress.wantedBytes, 90_000);
  t.deepEqual([...torrent.wanted], [...bitsOf("##.")]);
});

test("deadlines of pieces go to the engine, and a wrong one is refused", (t) => {
  const { engine, torrent } = scene();
  torrent.setDeadlines([{ piece: 2, ms: 1_500.4 }]);
  torrent.clearDeadlines();
  t.deepEqual(engine.casts("set-deadlines"), [
    { torrent: 7, deadlines: [{ piece: 2, ms: 1_500 }] },
    { torrent: 7, deadlines: [] },
  ]);
  const refused = { code: "option-out-of-range" };
  t.throws(() => torrent.setDeadlines([{ piece: 3, ms: 0 }]), refused);
  t.throws(() => torrent.setDeadlines([{ piece: 0, ms: -1 }]), refused);
  t.throws(() => torrent.setDeadlines([{ piece: 0, ms: 86_400_001 }]), refused);
  const many = Array.from({ length: 1_025 }, () => ({ piece: 0, ms: 0 }));
  t.throws(() => torrent.setDeadlines(many), refused);
  t.is(engine.casts("set-deadlines").length, 2);
});

test("an engine has 30 s for each question about a torrent", async (t) => {
  const { engine, torrent } = scene();
  engine.answer = () => new Promise(() => undefined);
  const giving = new AbortController();
  const options = { signal: giving.signal };
  const questions = [torrent.status(options), torrent.why(options), torrent.tiers(options)];
  await settle();
  giving.abort();
  await Promise.allSettled(questions);
  t.deepEqual(
    engine.sent.map(({ deadlineMs }) => deadlineMs),
    [30_000, 30_000, 30_000],
  );
});

test("an aborted call rejects with the reason of its signal, and the work continues", async (t) => {
  const { engine, torrent, forgotten } = scene();
  engine.answer = () => new Promise(() => undefined);
  const calls = {
    "torrent-status": (options: WaitOptions) => torrent.status(options),
    "torrent-why": (options: WaitOptions) => torrent.why(options),
    "part-file": (options: WaitOptions) => torrent.pieceCache(options),
    "torrent-tiers": (options: WaitOptions) => torrent.tiers(options),
    "scrape-torrent": (options: WaitOptions) => torrent.scrape(options),
    "stop-torrent": (options: WaitOptions) => torrent.stop(options),
    "move-torrent": (options: WaitOptions) => torrent.move("/elsewhere", options),
  };
  for (const [name, call] of Object.entries(calls)) {
    const reason = new Error(name);
    const giving = new AbortController();
    const waiting = call({ signal: giving.signal });
    await settle();
    giving.abort(reason);
    t.is(await t.throwsAsync(waiting), reason);
  }
  t.is(engine.sent.length, 7, "a move stops first, and waits for that");
  const given = AbortSignal.abort(new Error("long ago"));
  await t.throwsAsync(torrent.peers({ signal: given }), { message: "long ago" });
  await t.throwsAsync(torrent.remove({ signal: given }), { message: "long ago" });
  t.is(engine.sent.length, 7, "what nobody waits for is not begun");
  t.is(forgotten.length, 0);
});

test("a folder with a NUL is refused before a file is moved", async (t) => {
  const { engine, torrent } = scene();
  await t.throwsAsync(torrent.move("else\0where"), { code: "option-out-of-range" });
  t.deepEqual(engine.sent, []);
});

test("AE11: the info-hash is hexadecimal text and 20 bytes, which are a copy", (t) => {
  const { torrent } = scene();
  t.is(torrent.infoHash, "0f".repeat(20));
  t.deepEqual(torrent.infoHashBytes, new Uint8Array(20).fill(0x0f));
  torrent.infoHashBytes.fill(0);
  t.deepEqual(torrent.infoHashBytes, new Uint8Array(20).fill(0x0f));
});

test("AE12: `peerId` is a copy of the engine's, and that of the next engine after a crash", async (t) => {
  const { engine, proxy, torrent } = scene();
  const spelled = () => Buffer.from(torrent.peerId).toString();
  torrent.peerId.fill(0);
  t.is(spelled(), "-TP0100-abcdefghijkl");
  engine.answer = () => ({ ...info, torrent: 9, peerId: Buffer.from("-TP0100-mnopqrstuvwx") });
  await proxy.addToEngine();
  t.is(spelled(), "-TP0100-mnopqrstuvwx");
});

test("AE22: peers() returns the peers of the status", async (t) => {
  const { engine, torrent } = scene();
  const peers = [{ host: "8.0.0.1", port: 1 }];
  engine.answer = () => ({ peers });
  t.deepEqual(await torrent.peers(), peers as never);
});

test("`bitfield` is a copy", (t) => {
  const { torrent } = scene();
  torrent.bitfield.fill(0xff);
  t.deepEqual([...torrent.bitfield], [0]);
});

test("AE20: a file is in the part file when the engine names it, until a new engine starts, and only with bytes", async (t) => {
  const { engine, proxy, torrent, receive, heard } = scene();
  const isInPartFile = () => torrent.files[0]?.isInPartFile;
  receive({ event: "part-file", files: [0] });
  t.false(isInPartFile());
  receive({ event: "piece", index: 2, verified: true });
  t.true(isInPartFile());
  receive({ event: "part-file", files: [] });
  t.false(isInPartFile());
  t.deepEqual(
    heard.map(({ event }) => event),
    ["piece"],
    "the event is not for users",
  );
  receive({ event: "part-file", files: [0] });
  engine.answer = () => ({ ...info, torrent: 9 });
  await proxy.addToEngine();
  receive({ event: "piece", index: 2, verified: true });
  t.false(isInPartFile());
});

test("`checked` has the pieces that passed and failed", async (t) => {
  const { torrent, receive, heard } = scene();
  receive({ event: "checked", bitfield: bitsOf("#.#") });
  t.deepEqual(await torrent.checked, { passed: 2, failed: 1, failedPieces: [1] });
  t.is(torrent.left, 32_768);
  t.deepEqual(heard, [], "the event itself is ours");
});

test("completion emits an event and settles a promise", async (t) => {
  const { torrent, receive, heard } = scene();
  receive({ event: "complete", seconds: 3 });
  await torrent.completed;
  t.deepEqual(heard, [{ event: "complete", seconds: 3 }]);
});

test("an error rejects `completed` and `checked`", async (t) => {
  const { torrent, receive } = scene();
  receive({ event: "state", state: "error", fault: { code: "ENOSPC", message: "no room" } });
  receive({ event: "error", code: "ENOSPC", message: "no room" });
  await t.throwsAsync(torrent.completed, { code: "ENOSPC", message: "no room" });
  await t.throwsAsync(torrent.checked, { code: "ENOSPC" });
  t.is(torrent.state, "error");
  t.is(torrent.fault?.code, "ENOSPC");
});

test("`completed`, read after an error that is over, settles with the torrent", async (t) => {
  const { torrent, receive } = scene();
  receive({ event: "state", state: "error", fault: { code: "ENOSPC", message: "no room" } });
  receive({ event: "error", code: "ENOSPC", message: "no room" });
  await t.throwsAsync(torrent.completed, { code: "ENOSPC" });
  receive({ event: "state", state: "active" });
  const completed = torrent.completed;
  receive({ event: "checked", bitfield: bitsOf("###") });
  receive({ event: "complete", seconds: 1 });
  await completed;
  t.deepEqual(await torrent.checked, { passed: 3, failed: 0, failedPieces: [] });
});

test("`completed`, read after a start that follows an error, does not reject with that error", async (t) => {
  const { torrent, receive } = scene();
  receive({ event: "state", state: "error", fault: { code: "ENOSPC", message: "no room" } });
  receive({ event: "error", code: "ENOSPC", message: "no room" });
  await t.throwsAsync(torrent.completed, { code: "ENOSPC" });
  torrent.start();
  const { completed } = torrent;
  receive({ event: "complete", seconds: 1 });
  await completed;
  t.pass();
});

test("a torrent that has ended is not started, and holds no lock", async (t) => {
  const lock = new FakeLock();
  const { proxy, torrent, engine } = scene({ lock });
  await proxy.end();
  torrent.start();
  await settle();
  t.false(lock.isHeld, "nobody would ever give it back");
  await torrent.stop();
  await t.throwsAsync(torrent.completed, { code: "torrent-stopped" });
  t.deepEqual(engine.sent, []);
});

test("`completed`, read after a piece was lost, waits for that piece", async (t) => {
  const { torrent, receive } = scene();
  const first = torrent.completed;
  receive({ event: "checked", bitfield: bitsOf("###") });
  receive({ event: "complete", seconds: 1 });
  await first;
  t.is(torrent.completed, first);
  receive({ event: "piece", index: 1, verified: false });
  const second = torrent.completed;
  t.not(second, first);
  receive({ event: "piece", index: 1, verified: true });
  receive({ event: "complete", seconds: 1 });
  await second;
  t.is(torrent.completed, second);
  receive({ event: "checked", bitfield: bitsOf("#.#") });
  const third = torrent.completed;
  t.not(third, second);
  receive({ event: "complete", seconds: 1 });
  await third;
});

test("a listener gets the event `error`", (t) => {
  const { torrent, receive } = scene();
  const codes: string[] = [];
  torrent.on("error", ({ code }) => void codes.push(code));
  receive({ event: "error", code: "ENOSPC", message: "no room" });
  t.deepEqual(codes, ["ENOSPC"]);
});

test("a listener that throws affects no other listener", (t) => {
  const { torrent, receive, heard } = scene();
  const thrown: unknown[] = [];
  const before = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => void thrown.push(error));
  t.teardown(() => {
    process.removeAllListeners("uncaughtException");
    for (const listener of before) process.on("uncaughtException", listener);
  });
  const mistake = new Error("in a listener");
  torrent.on("piece", () => {
    throw mistake;
  });
  t.notThrows(() => receive({ event: "piece", index: 0, verified: true }));
  receive({ event: "complete", seconds: 1 });
  t.is(heard.length, 2);
  return settle().then(() => t.deepEqual(thrown, [mistake]));
});

test("pieces that are had together are an event each for a listener, and count without one", (t) => {
  const { proxy, torrent, receive } = scene();
  const contributors = [[{ host: "8.0.0.1", port: 6881 }], []];
  const had: TorrentEvent = {
    event: "pieces-had",
    pieces: [2, 1],
    tookMs: [20, 10],
    origins: [0, 1],
    contributors,
  };
  const seen: unknown[] = [];
  torrent.on("piece", (event) => seen.push([event, proxy.figures.pieces.finished]));
  receive(had);
  t.deepEqual(seen, [
    [{ event: "piece", index: 2, verified: true, tookMs: 20, contributors: contributors[0] }, 1],
    [{ event: "piece", index: 1, verified: true, tookMs: 10, contributors: [] }, 2],
  ]);
  const unheard = new TorrentProxy(info, proxy.services);
  unheard.receive(had);
  unheard.receive(had);
  t.deepEqual([...unheard.figures.bitfield], [0b0110_0000]);
  t.is(unheard.figures.progress.haveBytes, 90_000 - 32_768);
});

test("the state stopped is an event of its own too", (t) => {
  const { torrent, receive, heard } = scene();
  receive({ event: "state", state: "stopped" });
  t.is(torrent.state, "stopped");
  t.deepEqual(heard, [{ event: "state", state: "stopped" }, { event: "stopped" }]);
});

test("a loop over the events gets every kind and ends when the torrent stops", async (t) => {
  const { torrent, receive } = scene();
  const loop = torrent.events();
  receive({ event: "piece", index: 0, verified: true });
  receive({ event: "error", code: "ENOSPC", message: "no room" });
  receive({ event: "state", state: "stopped" });
  receive({ event: "piece", index: 1, verified: true });
  const names: string[] = [];
  for await (const { event } of loop) names.push(event);
  t.deepEqual(names, ["piece", "error", "state", "stopped"]);
});

test("a loop ends when its signal is aborted", async (t) => {
  const { torrent, receive } = scene();
  const loop = torrent.events({ signal: AbortSignal.abort() });
  receive({ event: "piece", index: 0, verified: true });
  t.true((await loop.next()).done);
});

test("a removed torrent is forgotten and ends", async (t) => {
  const { engine, proxy, torrent, forgotten, receive, heard } = scene();
  receive({ event: "state", state: "active" });
  await torrent.remove();
  t.is(engine.calls("remove-torrent").length, 1);
  t.deepEqual(forgotten, [torrent]);
  t.is(torrent.state, "stopped");
  t.is(heard.at(-1)?.event, "stopped");
  await t.throwsAsync(torrent.completed, { code: "torrent-stopped" });
  await proxy.end();
  t.is(heard.filter(({ event }) => event === "stopped").length, 1);
});

test("a quarantined torrent is added to the engine for its removal, which removes its record", async (t) => {
  const { engine, proxy, torrent } = scene();
  proxy.quarantine();
  engine.answer = (name) => (name === "add-torrent" ? { ...info, torrent: 9 } : {});
  await torrent.remove();
  t.deepEqual(
    engine.sent.map(({ name }) => name),
    ["add-torrent", "remove-torrent"],
  );
  t.like(engine.calls("remove-torrent"), [{ torrent: 9, isRecordRemoved: true }]);
  t.is(torrent.state, "stopped");
});

test("a torrent that crashes the engine when it is added is not added again for its removal", async (t) => {
  const { engine, proxy, torrent } = scene({
    untilAnswered: (ask) => ask().catch(() => ask()),
  });
  proxy.quarantine();
  engine.answer = (name) => {
    if (name === "add-torrent") throw new Error("gone");
    return {};
  };
  await torrent.remove();
  t.deepEqual(
    engine.sent.map(({ name }) => name),
    ["add-torrent", "remove-torrent"],
  );
});

test("the status of a torrent that is unknown to the engine is an error", async (t) => {
  const { engine, torrent } = scene();
  engine.answer = () => ({ refused: "no-torrent" });
  await t.throwsAsync(torrent.status(), { code: "no-torrent" });
});

test("why() comes from the engine, or from the error while there is one", async (t) => {
  const { engine, torrent, receive } = scene();
  const slow = { code: "peers-slow" as const, message: "one peer sends nothing" };
  engine.answer = () => slow;
  t.deepEqual(await torrent.why(), slow);
  receive({ event: "state", state: "error", fault: { code: "disk-full", message: "no room" } });
  t.deepEqual(await torrent.why(), { code: "failed", message: "no room" });
  receive({ event: "state", state: "stopped" });
  engine.answer = () => ({ refused: "no-torrent" });
  await t.throwsAsync(torrent.why(), { code: "no-torrent" });
});

test("a new engine gets the torrent, and starts it if it should run", async (t) => {
  const { engine, proxy, torrent, receive } = scene();
  torrent.start();
  receive({ event: "checked", bitfield: bitsOf("###") });
  engine.sent.length = 0;
  engine.answer = () => ({ ...info, torrent: 9 });
  await proxy.addToEngine();
  t.is(proxy.id, 9 as TorrentId);
  t.deepEqual([...torrent.bitfield], [0], "what is on disk is checked again");
  t.is(torrent.left, 90_000);
  t.deepEqual(
    engine.sent.map(({ name }) => name),
    ["add-torrent", "start-torrent"],
  );
});

test("a stopped torrent stays stopped in a new engine", async (t) => {
  const { engine, proxy, torrent } = scene();
  torrent.start();
  await torrent.stop();
  engine.sent.length = 0;
  engine.answer = () => ({ ...info, torrent: 9 });
  await proxy.addToEngine();
  t.is(engine.casts("start-torrent").length, 0);
});

test("addAgain rejects when the new engine refuses the torrent", async (t) => {
  const { engine, proxy } = scene();
  engine.answer = () => ({ refused: "torrent-exists", message: "twice" });
  await t.throwsAsync(proxy.addToEngine(), { code: "torrent-exists", message: "twice" });
});

test("a paused torrent stays paused in a new engine", async (t) => {
  const { engine, proxy, torrent } = scene();
  torrent.start();
  torrent.pause();
  engine.sent.length = 0;
  engine.answer = () => ({ ...info, torrent: 9 });
  await proxy.addToEngine();
  t.deepEqual(
    engine.sent.map(({ name }) => name),
    ["add-torrent", "start-torrent", "pause-torrent"],
  );
});

test("settings that change while a new engine gets the torrent reach that engine", async (t) => {
  const { engine, proxy, torrent } = scene();
  torrent.setMaxConnections(7);
  torrent.setGoals({ ratio: 2 });
  const added = Promise.withResolvers<TorrentInfo>();
  engine.answer = () => added.promise;
  const revived = proxy.addToEngine();
  await settle();
  torrent.setGoals({ ratio: 3 });
  torrent.setForced(true);
  torrent.setPriority(0, 5);
  engine.sent.length = 0;
  added.resolve({ ...info, torrent: 9 as TorrentId });
  await revived;
  const changes = { "goals.ratio": 3, forced: true };
  t.deepEqual(engine.casts("change-torrent-settings"), [{ torrent: 9 as TorrentId, changes }]);
  const priorities = [{ file: 0, priority: 5 }];
  t.deepEqual(engine.casts("set-priorities"), [{ torrent: 9 as TorrentId, priorities }]);
});

test("AE27: a new engine gets the modules of a torrent, and the state folder does not", async (t) => {
  const { copies, engine, proxy } = scene();
  const picker = "file:///picker.mjs";
  proxy.settings.setModules({ picker, choker: "file:///choker.mjs" });
  proxy.settings.setModules({ choker: undefined });
  t.deepEqual(engine.casts("set-modules").at(-1), { torrent: info.torrent, modules: { picker } });
  t.is(copies.saved, 0);
  engine.answer = () => ({ ...info, torrent: 9 });
  await proxy.addToEngine();
  t.deepEqual(engine.calls("add-torrent")[0]?.modules, { picker });
});

test("settings of a torrent are saved until its coordinator is closed", async (t) => {
  const { copies, proxy, torrent } = scene();
  const change = () => {
    torrent.setGoals({ ratio: 2 });
    torrent.setPriority(0, 5);
  };
  change();
  t.is(copies.saved, 2);
  await proxy.end();
  change();
  t.is(copies.saved, 2);
});

test("a new engine gets the peers that were added by hand", async (t) => {
  const { engine, proxy, torrent } = scene();
  torrent.addPeer({ host: "8.0.0.1", port: 6881 });
  engine.answer = () => ({ ...info, torrent: 9 });
  await proxy.addToEngine();
  t.deepEqual(engine.calls("add-torrent")[0]?.peers, [{ host: "8.0.0.1", port: 6881 }]);
});

test("AE15: every counter of an engine survives its crash", async (t) => {
  const { engine, proxy, torrent, receive, heard } = scene();
  receive(
    figures({
      downloadedBytes: 50_000,
      uploadedBytes: 7,
      wastedBytes: 3,
      failedHashBytes: 2,
      protocolDownBytes: 100,
      protocolUpBytes: 50,
    }),
  );
  engine.answer = () => ({ ...info, torrent: 9 });
  await proxy.addToEngine();
  receive(figures({ downloadedBytes: 40_000, protocolUpBytes: 1 }));
  t.is(torrent.downloaded, 90_000);
  t.is(torrent.uploaded, 7);
  t.like(heard.at(-1), {
    event: "progress",
    downloadedBytes: 90_000,
    wastedBytes: 3,
    failedHashBytes: 2,
    protocolDownBytes: 100,
    protocolUpBytes: 51,
  });
});

test("start() takes effect when the lock is taken", async (t) => {
  const lock = new FakeLock();
  const { engine, torrent } = scene({ lock });
  torrent.start();
  torrent.pause();
  t.is(engine.casts("start-torrent").length, 0);
  await settle();
  t.deepEqual(
    engine.sent.map(({ name }) => name),
    ["pause-torrent", "start-torrent", "pause-torrent"],
  );
});

test("a torrent that another process runs gets the error `already-running`, and can be started later", async (t) => {
  const lock = new FakeLock();
  const { engine, torrent } = scene({ lock });
  lock.isTaken = true;
  torrent.start();
  await settle();
  t.is(torrent.state, "error");
  t.is(torrent.fault?.code, "already-running");
  await t.throwsAsync(torrent.completed, { code: "already-running" });
  t.is(engine.casts("start-torrent").length, 0);
  lock.isTaken = false;
  torrent.start();
  await settle();
  t.is(engine.casts("start-torrent").length, 1);
});

/** A torrent whose disk has not answered when its lock was to be taken. */
async function waiting() {
  const lock = new FakeLock();
  const made = scene({ lock });
  const codes: string[] = [];
  made.torrent.on("error", ({ code }) => void codes.push(code));
  lock.isSilent = true;
  made.torrent.start();
  await settle();
  return { ...made, lock, codes, starts: () => made.engine.casts("start-torrent").length };
}

test("the lock of a silent disk is tried every 5 s, its error is reported once, and the torrent starts when the disk answers", async (t) => {
  const { torrent, lock, codes, time, starts, receive } = await waiting();
  t.is(torrent.state, "error");
  t.is(torrent.fault?.code, "disk-not-answering");
  await t.throwsAsync(torrent.completed, { code: "disk-not-answering" });
  await time.pass(4_999);
  t.is(lock.takes, 1);
  await time.pass(1);
  t.is(lock.takes, 2);
  await time.pass(20_000);
  t.is(lock.takes, 6);
  t.is(time.pending, 1);
  t.deepEqual(codes, ["disk-not-answering"]);
  lock.isSilent = false;
  await time.pass(5_000);
  t.is(starts(), 1);
  t.is(time.pending, 0);
  receive({ event: "state", state: "starting" }, { event: "complete", seconds: 1 });
  await torrent.completed;
  t.true(lock.isHeld);
});

test("the error is `already-running`, without further attempts, if another process runs the torrent when the disk answers", async (t) => {
  const { torrent, lock, codes, time, starts } = await waiting();
  lock.isSilent = false;
  lock.isTaken = true;
  await time.pass(5_000);
  t.is(torrent.fault?.code, "already-running");
  t.deepEqual(codes, ["disk-not-answering", "already-running"]);
  t.is(time.pending, 0);
  t.is(starts(), 0);
});

test("a torrent that is stopped, removed, ended or quarantined does not wait for its disk", async (t) => {
  for (const end of ["stop", "remove", "end", "quarantine"] as const) {
    const { proxy, torrent, lock, time, starts } = await waiting();
    await proxy[end]();
    t.is(time.pending, 0, end);
    lock.isSilent = false;
    await time.pass(60_000);
    t.is(starts(), 0, end);
    t.false(lock.isHeld, end);
    t.is(torrent.state, end === "quarantine" ? "error" : "stopped", end);
  }
});

test("a stop while the lock is being taken wins, and the error of that attempt is not reported", async (t) => {
  for (const isSilent of [true, false]) {
    const { torrent, lock, codes, time, starts } = await waiting();
    lock.isSilent = isSilent;
    time.advance(5_000);
    await torrent.stop();
    await settle();
    t.is(torrent.state, "stopped");
    t.is(torrent.fault, undefined);
    t.deepEqual(codes, ["disk-not-answering"]);
    t.is(starts(), 0);
    t.false(lock.isHeld);
    t.is(time.pending, 0);
  }
});

test("remove() of a torrent that waits for its disk leaves the files, and its error names the reason", async (t) => {
  const { torrent, engine } = await waiting();
  await t.throwsAsync(torrent.remove({ data: true }), { code: "disk-not-answering" });
  t.like(engine.calls("remove-torrent")[0], { isRecordRemoved: false, isDataRemoved: false });
});

test("a removal that was cut off stays listed while its folder is missing or empty", async (t) => {
  const lock = new FakeLock();
  lock.isProvisional = true;
  const { engine, proxy, copies } = scene({ lock });
  await t.throwsAsync(proxy.remove("cut-off"), { code: "ENOENT", message: /volume may be away/ });
  t.like(engine.calls("remove-torrent"), [{ isRecordRemoved: false, isDataRemoved: false }]);
  t.is(copies.forgotten, 0);
  lock.isProvisional = false;
  await proxy.remove("cut-off");
  t.like(engine.calls("remove-torrent")[1], { isRecordRemoved: true, isDataRemoved: true });
  t.is(copies.forgotten, 1);
});

test("a start while a torrent waits for its disk tries at once, and reports its error", async (t) => {
  const { torrent, lock, codes, time, starts } = await waiting();
  torrent.start();
  await t.throwsAsync(torrent.completed, { code: "disk-not-answering" });
  t.deepEqual(codes, ["disk-not-answering", "disk-not-answering"]);
  t.is(lock.takes, 2);
  t.is(time.pending, 1, "the later try alone is repeated");
  lock.isSilent = false;
  torrent.start();
  await settle();
  t.is(starts(), 1);
  t.is(time.pending, 0);
});

test("a torrent that is paused while it waits for its disk is paused when it starts", async (t) => {
  const { torrent, lock, engine, time } = await waiting();
  torrent.pause();
  engine.sent.length = 0;
  lock.isSilent = false;
  await time.pass(5_000);
  t.deepEqual(
    engine.sent.map(({ name }) => name),
    ["start-torrent", "pause-torrent"],
  );
});

test("a torrent that waits for its disk continues to wait in a new engine", async (t) => {
  const { proxy, torrent, lock, engine, time, starts } = await waiting();
  engine.answer = () => ({ ...info, torrent: 9 });
  await proxy.addToEngine();
  t.is(torrent.fault?.code, "disk-not-answering");
  lock.isSilent = false;
  await time.pass(5_000);
  t.is(starts(), 1);
});

test("a restored torrent whose disk does not answer is kept, and gets the error when it starts", async (t) => {
  const lock = new FakeLock();
  const { proxy, torrent, engine, time } = scene({ lock });
  lock.isSilent = true;
  await proxy.permit.lockSoon();
  t.is(torrent.state, "starting");
  proxy.resume();
  await settle();
  t.is(torrent.fault?.code, "disk-not-answering");
  lock.isSilent = false;
  await time.pass(5_000);
  t.is(engine.casts("start-torrent").length, 1);
});

test("a restore waits a second for a lock, and the torrent starts when the lock is taken", async (t) => {
  const lock = new FakeLock();
  const { proxy, engine, time } = scene({ lock });
  const answer = Promise.withResolvers<void>();
  lock.take = async () => {
    await answer.promise;
    lock.isHeld = true;
  };
  const held = proxy.permit.lockSoon();
  await time.pass(1_000);
  await held;
  proxy.resume();
  t.is(engine.casts("start-torrent").length, 0);
  answer.resolve();
  await settle();
  t.is(engine.casts("start-torrent").length, 1);
  t.is(time.pending, 0);
});

test("a restored torrent that runs elsewhere is refused", async (t) => {
  const lock = new FakeLock();
  const { proxy } = scene({ lock });
  lock.isTaken = true;
  await t.throwsAsync(proxy.permit.lockSoon(), { code: "already-running" });
});

test("a torrent that is stopped, removed or ended releases its lock", async (t) => {
  for (const end of ["stop", "remove", "end"] as const) {
    const lock = new FakeLock();
    const { proxy } = scene({ lock });
    await proxy.permit.lock();
    t.true(lock.isHeld);
    await proxy[end]();
    t.false(lock.isHeld, end);
  }
});

test("a torrent that is stopped while it waits for its lock is not started", async (t) => {
  const lock = new FakeLock();
  const { engine, torrent } = scene({ lock });
  torrent.start();
  await torrent.stop();
  await settle();
  t.is(engine.casts("start-torrent").length, 0);
  t.false(lock.isHeld);
});

test("a torrent that recovers from an error renews its lock, and stops if another process runs the job", async (t) => {
  const lock = new FakeLock();
  const { engine, torrent, receive } = scene({ lock });
  torrent.start();
  await settle();
  receive({ event: "state", state: "starting" });
  t.is(lock.renewals, 0);
  receive({ event: "state", state: "error", fault: { code: "ENOENT", message: "gone" } });
  receive({ event: "state", state: "starting" });
  await settle();
  t.is(lock.renewals, 1);
  t.is(torrent.state, "starting");
  receive({ event: "state", state: "error", fault: { code: "ENOENT", message: "gone" } });
  lock.isTaken = true;
  receive({ event: "state", state: "active" });
  await settle();
  t.is(engine.calls("stop-torrent").length, 1);
  t.is(torrent.fault?.code, "already-running");
});

test("a lock that was taken before the folder existed is renewed with the first piece", async (t) => {
  const lock = new FakeLock();
  const { torrent, receive } = scene({ lock });
  torrent.start();
  await settle();
  receive({ event: "piece", index: 0, verified: true });
  t.is(lock.renewals, 0);
  lock.isProvisional = true;
  receive({ event: "piece", index: 0, verified: false });
  t.is(lock.renewals, 0);
  receive({ event: "piece", index: 0, verified: true });
  t.is(lock.renewals, 1);
});

test("a torrent that was stopped while its engine was down emits `stopped`", async (t) => {
  const { engine, proxy, torrent, receive, heard } = scene();
  torrent.start();
  receive({ event: "state", state: "active" });
  engine.answer = (name) => {
    if (name === "stop-torrent") throw new Error("gone");
    return { ...info, torrent: 9 };
  };
  await t.throwsAsync(torrent.stop());
  await proxy.addToEngine();
  t.is(torrent.state, "stopped");
  t.deepEqual(
    heard.slice(-2).map(({ event }) => event),
    ["state", "stopped"],
  );
});

test("E11: a running torrent starts in the new folder, and not before the move is over", async (t) => {
  const { proxy, torrent, lock, nextLock, arrive, said } = await moving();
  torrent.start();
  await proxy.addToEngine();
  await settle();
  t.deepEqual(said(), ["add-torrent"]);
  t.true(lock.isHeld);
  await arrive();
  t.deepEqual(said(), ["add-torrent", "end-move", "start-torrent"]);
  t.is(torrent.directory, "/elsewhere");
  t.deepEqual([lock.isHeld, nextLock.isHeld], [false, true]);
});

test("E11: a torrent that is stopped during a move stays stopped, and its folders are locked until the move is over", async (t) => {
  const { torrent, lock, nextLock, arrive, said } = await moving();
  await torrent.stop();
  t.deepEqual([lock.isHeld, nextLock.isHeld], [true, true]);
  await arrive();
  t.deepEqual(said(), ["stop-torrent", "end-move"]);
  t.deepEqual([lock.isHeld, nextLock.isHeld], [false, false]);
});

test("E11: a torrent that is started during a move runs after it, with its lock held", async (t) => {
  const { torrent, nextLock, arrive, said } = await moving();
  await torrent.stop();
  torrent.start();
  await arrive();
  t.deepEqual(said(), ["stop-torrent", "end-move", "start-torrent"]);
  t.true(nextLock.isHeld);
});

test("E11: a paused torrent is paused in the new folder", async (t) => {
  const { torrent, arrive, said } = await moving();
  torrent.pause();
  await arrive();
  t.deepEqual(said(), ["pause-torrent", "end-move", "start-torrent", "pause-torrent"]);
});

test("E11: a torrent that is removed during a move is removed from the folder that it has reached", async (t) => {
  const { torrent, nextLock, arrive, said } = await moving();
  const removed = torrent.remove({ data: true });
  await settle();
  t.deepEqual(said(), []);
  await arrive();
  await removed;
  t.deepEqual(said(), ["end-move", "remove-torrent"]);
  t.false(nextLock.isHeld);
});

test("E11: a second move during a move starts at the folder that the first one has reached", async (t) => {
  const { torrent, engine, arrive, said } = await moving();
  const again = torrent.move("/further");
  await settle();
  t.deepEqual(said(), []);
  await arrive();
  await again;
  await settle();
  t.deepEqual(said(), ["end-move", "stop-torrent", "move-torrent", "end-move", "start-torrent"]);
  t.is(engine.calls("move-torrent")[0]?.directory, "/further");
  t.is(torrent.directory, "/further");
});

test("hashcheck() of a removed or quarantined torrent rejects", async (t) => {
  const removed = scene().torrent;
  await removed.remove();
  await t.throwsAsync(removed.hashcheck(), { code: "torrent-stopped" });
  const { proxy, torrent } = scene();
  const check = torrent.hashcheck();
  proxy.quarantine();
  await t.throwsAsync(check, { code: "quarantined" });
  await t.throwsAsync(torrent.hashcheck(), { code: "quarantined" });
});

test("a new engine gets the checks under way even if it does not run the torrent", async (t) => {
  for (const state of ["paused", "error", "stopped"] as const) {
    const { engine, proxy, torrent, receive } = scene();
    engine.answer = (name) => (name === "add-torrent" ? { ...info, torrent: 9 } : {});
    const check = torrent.hashcheck();
    if (state !== "stopped") torrent.start();
    engine.sent.length = 0;
    await proxy.addToEngine();
    if (state !== "stopped") receive({ event: "state", state: "starting" });
    if (state !== "stopped") receive({ event: "state", state });
    t.deepEqual(engine.casts("hash-check"), [
      { torrent: 9 as TorrentId, check: 1, ranges: [[0, 2]] },
    ]);
    receive({ event: "hash-checked", check: 1, refused: "not-running", message: state });
    await t.throwsAsync(check, { code: "not-running" });
  }
});

test("a new engine that refuses the torrent ends its checks", async (t) => {
  const { engine, proxy, torrent } = scene();
  const check = torrent.hashcheck();
  engine.answer = () => ({ refused: "torrent-exists", message: "it is there" });
  await t.throwsAsync(proxy.addToEngine(), { code: "torrent-exists" });
  await t.throwsAsync(check, { code: "torrent-exists" });
});

test("a removed torrent is not listed, even if the engine answers too late", async (t) => {
  const { engine, torrent, copies } = scene();
  engine.answer = () => {
    throw Object.assign(new Error("late"), { code: "call-deadline" });
  };
  await t.throwsAsync(torrent.remove(), { code: "call-deadline" });
  t.is(copies.forgotten, 1);
});

test("a removal of files is listed before the engine begins, and forgotten when it has ended", async (t) => {
  const { engine, torrent, copies } = scene();
  const seen: unknown[] = [];
  engine.answer = (name) => {
    if (name === "remove-torrent") seen.push({ ...copies });
    return { data: { removed: 3, left: [] } };
  };
  await torrent.remove({ data: true });
  t.like(seen, [{ removals: 1, forgotten: 0 }]);
  t.is(copies.forgotten, 1);
});

test("a removal of files that the engine does not answer stays listed for the next restore", async (t) => {
  const { engine, torrent, copies } = scene();
  engine.answer = () => {
    throw Object.assign(new Error("closed"), { code: "coordinator-closed" });
  };
  await t.throwsAsync(torrent.remove({ data: true }), { code: "coordinator-closed" });
  t.like(copies, { removals: 1, forgotten: 0 });
});

test("a removal without the files is not listed", async (t) => {
  const { torrent, copies } = scene();
  await torrent.remove();
  t.like(copies, { removals: 0, forgotten: 1 });
});

test("a torrent whose files a crashed engine was removing is added to the next engine once", async (t) => {
  const { engine, torrent } = scene({ untilAnswered: (ask) => ask().catch(() => ask()) });
  let isFirst = true;
  engine.answer = (name) => {
    if (name === "add-torrent") return { ...info, torrent: 9 };
    if (!isFirst) return { data: { removed: 1, left: [] } };
    isFirst = false;
    throw new Error("gone");
  };
  await torrent.remove({ data: true });
  t.deepEqual(
    engine.sent.map(({ name }) => name),
    ["remove-torrent", "add-torrent", "remove-torrent"],
  );
  t.like(engine.calls("remove-torrent")[1], { torrent: 9, isDataRemoved: true });
});

test("the next engine gets the goals that were set last", async (t) => {
  const { engine, proxy, torrent } = scene();
  t.deepEqual(torrent.goals, {});
  torrent.setGoals({ ratio: 2, until: "any" });
  t.deepEqual(torrent.goals, { ratio: 2 });
  const noTimes = { "goals.seedSeconds": null, "goals.idleSeconds": null };
  const changes = {
    "goals.ratio": 2,
    ...noTimes,
    "goals.action": null,
    "goals.until": "any",
  } as const;
  t.deepEqual(engine.casts("change-torrent-settings"), [{ torrent: 7 as TorrentId, changes }]);
  t.throws(() => torrent.setGoals({ ratio: 0 }), { code: "option-out-of-range" });
  engine.answer = () => ({ ...info, torrent: 9 });
  await proxy.addToEngine();
  t.like(engine.calls("add-torrent")[0], { settings: { "goals.ratio": 2 } });
});

test("the next engine gets the rate limits that were set last", async (t) => {
  const { engine, proxy, torrent } = scene();
  t.deepEqual(torrent.limits, {});
  torrent.setLimits({ down: 5_000, up: 0 });
  t.deepEqual(torrent.limits, { down: 5_000 });
  t.like(engine.casts("change-torrent-settings"), [{ changes: { "limits.down": 5_000 } }]);
  t.throws(() => torrent.setLimits({ down: 999 }), { code: "option-out-of-range" });
  engine.answer = () => ({ ...info, torrent: 9 });
  await proxy.addToEngine();
  t.like(engine.calls("add-torrent")[0], { settings: { "limits.down": 5_000 } });
});

test("several settings change at once, or none", (t) => {
  const { copies, engine, torrent } = scene();
  const wrong = { maxPeers: 9, goals: { ratio: 0 } };
  t.throws(() => torrent.set(wrong), { code: "option-out-of-range" });
  t.throws(() => torrent.set({ seedOnly: true } as object), { code: "option-unknown" });
  t.deepEqual(engine.casts("change-torrent-settings"), []);
  torrent.set({ maxPeers: 9, forced: true, goals: { ratio: 2 } });
  torrent.set({ goals: null });
  t.true(torrent.isForced);
  t.deepEqual(torrent.goals, {});
  t.is(engine.casts("change-torrent-settings").length, 2);
  t.is(copies.saved, 2);
});

test("the next engine hears whether the torrent super-seeds", async (t) => {
  const { engine, proxy, torrent } = scene();
  torrent.setSuperSeeding(true);
  t.like(engine.casts("change-torrent-settings"), [{ changes: { superSeed: true } }]);
  engine.answer = () => ({ ...info, torrent: 9 });
  await proxy.addToEngine();
  t.like(engine.calls("add-torrent")[0], { settings: { superSeed: true } });
});

test("a torrent that has reached its goals is stopped for its user, whose listener may start it again", async (t) => {
  const lock = new FakeLock();
  const { engine, proxy, torrent, receive } = scene({ lock });
  torrent.start();
  await settle();
  receive({ event: "goal-reached", reached: ["ratio"], goals: { ratio: 1 }, action: "stop" });
  t.false(proxy.isStarted);
  await settle();
  t.is(engine.calls("stop-torrent").length, 1);
  t.false(lock.isHeld);
  torrent.on("goal-reached", () => torrent.start());
  torrent.start();
  await settle();
  receive({ event: "goal-reached", reached: ["ratio"], goals: { ratio: 1 }, action: "stop" });
  t.true(proxy.isStarted);
});

test("L02: tiers of trackers are set as one list, whose URLs are checked", (t) => {
  const { engine, torrent } = scene();
  torrent.set({ trackerTiers: [["udp://b:1"], ["udp://c:1"]] });
  const wrong = { trackerTiers: [["ftp://c/announce"]] };
  t.throws(() => torrent.set(wrong), { code: "option-out-of-range" });
  torrent.set({ trackerTiers: null, trackers: ["udp://d:1"] });
  t.like(engine.casts("change-torrent-settings"), [
    { changes: { trackerTiers: [["udp://b:1"], ["udp://c:1"]] } },
    { changes: { trackerTiers: null, trackers: ["udp://d:1"] } },
  ]);
});

test("L01: an announce that no tracker permits yet is refused with the wait", async (t) => {
  const { engine, torrent } = scene();
  engine.answer = () => ({ trackers: [{ url: "http://a/announce", inSeconds: 7 }] });
  await t.throwsAsync(torrent.announce(), { code: "announce-too-early" });
  engine.answer = () => ({ trackers: [{ url: "http://a/announce", inSeconds: 0 }] });
  t.deepEqual(await torrent.announce(), [{ url: "http://a/announce", inSeconds: 0 }]);
  engine.answer = () => ({ refused: "not-running", message: "it is stopped" });
  await t.throwsAsync(torrent.announce(), { code: "not-running" });
});
