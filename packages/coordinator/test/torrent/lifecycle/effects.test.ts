import test from "ava";
import type { KnownPieces, TorrentState } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import { settle } from "@troupe/actor-runtime/testing";
import { bitsOf, pictureOf } from "@troupe/protocol/testing";
import { ConcurrencyLimit } from "../../../src/concurrency-limit.ts";
import { hashNewSuspects } from "../../../src/torrent/checks/idle-samples.ts";
import { progressOf, statusOf } from "../../../src/torrent/report/status.ts";
import { piecesWanted } from "../../../src/torrent/pieces/piece-leases.ts";
import { setPriorities } from "../../../src/torrent/pieces/set-priorities.ts";
import {
  makeScene,
  showPeer,
  rowIndex,
  type JobOptions,
  type SceneOptions,
  setCheckPool,
  putIn,
} from "../../support/engine-scene.ts";

/** A stopped torrent whose files do not exist, unless `found` draws the pieces that are good. */
function scene(
  options: JobOptions & { readonly found?: string } = {},
  sceneOptions: SceneOptions = {},
) {
  const made = makeScene(sceneOptions);
  const { engine, file } = made;
  const job = made.addJob(options);
  const { found } = options;
  putIn(job, "stopped");
  file.answer = (name) =>
    name === "open-storage" ? { foundBytes: found === undefined ? 0 : 1 } : {};
  setCheckPool(engine, { checkPieces: () => Promise.resolve(bitsOf(found ?? "....")) });
  return {
    ...made,
    job,
    states: (): TorrentState[] => {
      made.gather();
      return made.events().flatMap((event) => (event.event === "state" ? [event.state] : []));
    },
    fileSaid: () => file.sent.map(({ name }) => name),
    async start() {
      job.life.start();
      await settle();
    },
  };
}

test("a new torrent goes from starting to active, and the workers open it", async (t) => {
  const { job, ref, start, states, events, gather } = scene({}, { workers: 2 });
  await start();
  t.deepEqual(states(), ["starting", "active"]);
  for (const worker of [0, 1]) t.is(ref(worker).casts("open-torrent")[0]?.torrent, job.id);
  gather();
  t.is(events().filter(({ event }) => event === "checked").length, 1);
});

test("files found on disk are hash-checked before the torrent is active", async (t) => {
  const { job, start, states } = scene({ found: "#.#." });
  await start();
  t.deepEqual(states(), ["starting", "checking", "active"]);
  t.is(job.content.ledger.hadCount, 2);
  t.deepEqual([...job.content.ledger.map.snapshot()], [...bitsOf("#.#.")]);
});

test("a torrent that is complete at its start sends no `completed` announce", async (t) => {
  const { http, start, events, gather, time } = scene({ found: "####", trackers: [["http://a/"]] });
  await start();
  gather();
  t.is(events().filter(({ event }) => event === "complete").length, 1);
  await time.pass(0);
  t.deepEqual(http.story, ["a started"]);
});

test("a complete torrent in a folder that cannot be written seeds without its empty files, with a warning", async (t) => {
  const { file, start, events, gather, states } = scene({ found: "####" });
  file.answer = (name) =>
    name === "complete-storage" ? { notMade: { count: 2, message: "read-only" } } : {};
  await start();
  gather();
  t.is(states().at(-1), "active");
  t.is(events().filter(({ event }) => event === "complete").length, 1);
  t.like(
    events().find(({ event }) => event === "warning"),
    {
      code: "files-not-made",
      message: "2 empty files or links are not there, and the torrent is seeded without: read-only",
    },
  );
});

test("a refused storage is the torrent's error", async (t) => {
  const { job, file, start, states } = scene();
  file.answer = (name) =>
    name === "open-storage" ? { refused: "path-outside-root", message: "outside" } : {};
  await start();
  t.deepEqual(states(), ["starting", "error"]);
  t.deepEqual(job.fault, { code: "path-outside-root", message: "outside" });
});

test("AE5, AE9: a stop ends trackers, workers and files, in this order", async (t) => {
  const { job, ref, http, start, states, fileSaid } = scene({ trackers: [["http://a/"]] });
  http.respond = (request) => request.reply("d8:intervali900e5:peers0:e");
  await start();
  await settle();
  await job.life.stop();
  t.deepEqual(states().slice(-2), ["stopping", "stopped"]);
  t.is(ref(0).calls("close-torrent").length, 1);
  t.is(fileSaid().at(-1), "close-storage");
  await settle();
});

test("trackers get the figures of the closed connections, or the figures after 200 ms", async (t) => {
  const { job, ref, http, start, time } = scene({ trackers: [["http://a/"]] });
  http.respond = (request) => request.reply("d8:intervali900e5:peers0:e");
  const { traffic } = job.content;
  const uploaded = () => new URL(http.requests.at(-1)?.url ?? "").searchParams.get("uploaded");
  await start();
  await time.pass(0);
  ref(0).answer = (name) => {
    if (name === "close-torrent") traffic.replacedTables.uploadedBytes += 5;
    return {};
  };
  await job.life.stop();
  t.deepEqual([http.story.at(-1), uploaded()], ["a stopped", "5"]);

  await start();
  await time.pass(0);
  const never = Promise.withResolvers<object>();
  ref(0).answer = (name) => {
    if (name === "close-torrent") traffic.replacedTables.uploadedBytes += 7;
    return name === "close-torrent" ? never.promise : {};
  };
  const stopped = job.life.stop();
  await time.pass(199);
  t.is(http.story.at(-1), "a started");
  await time.pass(1);
  t.deepEqual([http.story.at(-1), uploaded()], ["a stopped", "7"]);
  never.resolve({});
  await stopped;
});

test("AE5: pause and resume go to the workers, and open no file anew", async (t) => {
  const { job, ref, start, states } = scene();
  await start();
  job.life.pause();
  job.life.pause();
  job.life.start();
  t.deepEqual(states(), ["starting", "active", "paused", "active"]);
  t.deepEqual(
    ref(0)
      .casts("set-paused")
      .map(({ isPaused }) => isPaused),
    [true, false],
  );
});

test("a failed torrent closes everything and can be started again", async (t) => {
  const { job, ref, start, states } = scene();
  await start();
  job.life.fail({ code: "ENOSPC", message: "no room" });
  job.life.fail({ code: "later", message: "not the first" });
  await settle();
  t.is(job.fault?.code, "ENOSPC");
  t.is(ref(0).calls("close-torrent").length, 1);
  await start();
  t.deepEqual(states(), ["starting", "active", "error", "starting", "active"]);
  t.is(job.fault, undefined);
});

test("a stop while it is being checked ends the check", async (t) => {
  const { engine, job, start, states } = scene({ found: "####" });
  let signal: AbortSignal | undefined;
  const checkPieces = (request: { signal: AbortSignal }) => {
    ({ signal } = request);
    return new Promise(() => undefined);
  };
  setCheckPool(engine, { checkPieces });
  await start();
  await job.life.stop();
  t.true(signal?.aborted);
  t.deepEqual(states(), ["starting", "checking", "stopping", "stopped"]);
});

test("the leases of a stopped torrent are released", async (t) => {
  const { engine, job, peerWorker, start } = scene();
  await start();
  showPeer(job, { worker: 0, rowIndex: 0 }, "####");
  piecesWanted(engine, job, peerWorker(0), { peers: [{ peer: rowIndex(0), count: 4 }] });
  await job.life.stop();
  t.is(job.content.ledger.missingCount, 4);
});

test("stopping a torrent does not free the oversized piece of another", async (t) => {
  const small = { workerBytes: 1 << 20 };
  const { engine, job, peerWorker, start, addJob } = scene({}, small);
  await start();
  const large = addJob({ pieceLengthBytes: 1 << 20 });
  showPeer(large, { worker: 0, rowIndex: 0 }, "####");
  piecesWanted(engine, large, peerWorker(0), { peers: [{ peer: rowIndex(0), count: 1 }] });
  showPeer(job, { worker: 0, rowIndex: 0 }, "####");
  piecesWanted(engine, job, peerWorker(0), { peers: [{ peer: rowIndex(0), count: 1 }] });
  await job.life.stop();
  t.true(engine.memory.oversizedPieces.isTaken);
});

test("a torrent started again after an error opens its files after they were closed", async (t) => {
  const { job, ref, start, fileSaid } = scene();
  await start();
  let closed: () => void = () => undefined;
  ref(0).answer = () => new Promise((resolve) => (closed = () => resolve({})));
  job.life.fail({ code: "ENOSPC", message: "no room" });
  job.life.start();
  await settle();
  closed();
  await settle();
  t.is(fileSaid().lastIndexOf("open-storage") > fileSaid().lastIndexOf("close-storage"), true);
});

test("a torrent that failed, is stopped and started again before it is closed runs again", async (t) => {
  const { job, ref, start } = scene();
  await start();
  let closed: () => void = () => undefined;
  ref(0).answer = () => new Promise((resolve) => (closed = () => resolve({})));
  job.life.fail({ code: "ENOSPC", message: "no room" });
  const stopped = job.life.stop();
  job.life.start();
  await settle();
  closed();
  await stopped;
  await settle();
  t.is(job.state, "active");
});

test("a second stop resolves when the torrent is stopped, not before", async (t) => {
  const { job, ref, start } = scene();
  await start();
  let closed: () => void = () => undefined;
  ref(0).answer = () => new Promise((resolve) => (closed = () => resolve({})));
  const first = job.life.stop();
  let isSecondAnswered = false;
  const second = job.life.stop().then(() => (isSecondAnswered = true));
  await settle();
  const wasEarly = isSecondAnswered;
  closed();
  await Promise.all([first, second]);
  t.false(wasEarly);
});

test("the state `stopped` is emitted before the stop resolves", async (t) => {
  const { job, start, events } = scene();
  await start();
  await job.life.stop();
  t.true(events().some((event) => event.event === "state" && event.state === "stopped"));
});

test("a torrent that was only checked leaves no storage open", async (t) => {
  const { job, start, fileSaid } = scene({ found: "####" });
  Object.assign(job.request, { mode: "check-only" });
  await start();
  t.is(fileSaid().at(-1), "close-storage");
});

test("after an error on disk the pieces are checked again before they are believed", async (t) => {
  const { job, start, states } = scene({ found: "####" });
  await start();
  job.life.fail({ code: "file-changed", message: "shorter than it was" });
  await settle();
  await start();
  t.deepEqual(states().slice(-3), ["starting", "checking", "active"]);
});

test("completion is reported although the file-worker crashed during complete-storage", async (t) => {
  const { file, start, events, gather, time } = scene({ found: "####" });
  let asked = 0;
  file.answer = (name) => {
    if (name === "open-storage") return { foundBytes: 1 };
    if (name !== "complete-storage" || asked++ > 0) return {};
    throw Object.assign(new Error("the file-worker is not there"), { code: "actor-gone" });
  };
  await start();
  await time.pass(2_000);
  gather();
  t.true(events().some(({ event }) => event === "complete"));
});

test("a pause while the torrent is being checked is not forgotten", async (t) => {
  const { job, states } = scene({ found: "####" });
  job.life.start();
  job.life.pause();
  await settle();
  t.is(states().at(-1), "paused");
});

test("a torrent started while it is being stopped runs again afterwards", async (t) => {
  const { job, start, states } = scene();
  await start();
  const stopped = job.life.stop();
  job.life.start();
  await stopped;
  await settle();
  t.deepEqual(states().slice(2), ["stopping", "stopped", "starting", "active"]);
});

test("a stop takes back a start that waits for the end of an earlier stop", async (t) => {
  const { job, start } = scene();
  await start();
  const first = job.life.stop();
  job.life.start();
  await Promise.all([first, job.life.stop()]);
  await settle();
  t.is(job.state, "stopped");
});

test("pieces had before a stop that are gone from the disk are fetched again", async (t) => {
  const { engine, job, start } = scene({ found: "####" });
  await start();
  await job.life.stop();
  setCheckPool(engine, { checkPieces: () => Promise.resolve(bitsOf("#..#")) });
  await start();
  t.is(job.content.ledger.hadCount, 2);
  t.is(job.content.missingBytes, 2 * job.content.metainfo.geometry.pieceLengthBytes);
  t.deepEqual([...job.content.ledger.map.snapshot()], [...bitsOf("#..#")]);
});

/** The questions to the check pool. */
interface KnownCheck {
  readonly ranges: readonly (readonly [number, number])[];
  readonly onRun?: (first: number, verdicts: Uint8Array) => void;
}

/** A torrent of whose pieces the file-worker knows something; `good` is what hashing finds. */
function sceneOfKnown(known: Partial<KnownPieces>, ...good: string[]) {
  const none = bitsOf("....");
  const made = scene();
  const { file, engine } = made;
  const hashed: string[] = [];
  file.answer = (name) =>
    name === "open-storage"
      ? {
          foundBytes: 1,
          known: {
            trusted: none,
            toHash: none,
            doubted: none,
            touched: [],
            samples: none,
            peers: [],
            ...known,
          },
        }
      : {};
  setCheckPool(engine, {
    checkPieces({ ranges, onRun }: KnownCheck) {
      const isIn = (piece: number) =>
        ranges.some(([first, last]) => piece >= first && piece <= last);
      hashed.push([0, 1, 2, 3].map((piece) => (isIn(piece) ? "#" : ".")).join(""));
      const found = good.shift() ?? "....";
      for (const piece of [0, 1, 2, 3]) {
        if (isIn(piece)) onRun?.(piece, Uint8Array.of(Number(found[piece] === "#")));
      }
      return Promise.resolve(bitsOf(found));
    },
  });
  return { ...made, hashed };
}

const picture = (bits: Uint8Array): string => pictureOf(bits, 4);

test("pieces that the record vouches for are had at once, without hashing", async (t) => {
  const { job, start, states, hashed } = sceneOfKnown({ trusted: bitsOf("##.#") });
  await start();
  t.deepEqual(states(), ["starting", "active"]);
  t.is(picture(job.content.ledger.map.bytes), "##.#");
  t.deepEqual(hashed, []);
});

test("pieces that may be on disk are hashed; pieces neither on disk nor on record are missing", async (t) => {
  const known = { trusted: bitsOf("#..."), toHash: bitsOf(".##.") };
  const { job, start, states, hashed } = sceneOfKnown(known, ".#..");
  await start();
  t.deepEqual(states(), ["starting", "checking", "active"]);
  t.deepEqual(hashed, [".##."]);
  t.is(picture(job.content.ledger.map.bytes), "##..");
});

test("a good sample leaves the record unchanged", async (t) => {
  const known = { trusted: bitsOf("##.#"), samples: bitsOf(".#..") };
  const { job, start, hashed } = sceneOfKnown(known, ".#..");
  await start();
  t.deepEqual(hashed, [".#.."]);
  t.is(picture(job.content.ledger.map.bytes), "##.#");
});

test("a bad sample disproves its file: its pieces are hashed while the torrent runs, and only good pieces are had", async (t) => {
  const known = { trusted: bitsOf("####"), samples: bitsOf("#..#") };
  const made = sceneOfKnown(known, "#...", "##..", "##..");
  const { engine, job, start, hashed, events, gather } = made;
  await start();
  t.is(picture(job.content.ledger.map.bytes), "....");
  t.is(job.state, "active");
  hashNewSuspects(engine, job);
  await settle();
  gather();
  // Failed pieces are read twice.
  t.deepEqual(hashed, ["#..#", "####", "..##"]);
  t.is(picture(job.content.ledger.map.bytes), "##..");
  t.true(job.content.ledger.isMissing(2 as PieceIndex));
  t.true(events().some((event) => event.event === "warning" && event.code === "files-changed"));
});

test("suspect pieces are neither had nor fetched, and count one by one as they pass", async (t) => {
  const known = { trusted: bitsOf("##.."), doubted: bitsOf("..##"), touched: [0] };
  const made = sceneOfKnown(known, "####");
  const { engine, job, file, start, hashed, states, events, gather } = made;
  await start();
  t.deepEqual(states(), ["starting", "active"]);
  t.is(picture(job.content.ledger.map.bytes), "##..");
  t.deepEqual([...job.content.ledger.states], [4, 4, 2, 2]);
  t.like(file.casts("save-job")[0], { had: bitsOf("##.."), doubted: [2, 3] });
  hashNewSuspects(engine, job);
  await settle();
  gather();
  t.deepEqual(hashed, ["..##"]);
  t.is(picture(job.content.ledger.map.bytes), "####");
  const said = events().flatMap((event) =>
    event.event === "warning"
      ? [event.message]
      : event.event === "checked"
        ? [picture(event.bitfield) + (event.isGoingOn === true ? " so far" : "")]
        : event.event === "piece"
          ? [String(event.index)]
          : event.event === "complete"
            ? ["complete"]
            : [],
  );
  const warning = '"drawn" was touched since the last run: its pieces are hashed again';
  t.deepEqual(said, [warning, "##.. so far", "2", "3", "####", "complete"]);
  t.is((file.casts("save-job").at(-1) as { doubted?: unknown }).doubted, undefined);
});

test("suspect pieces of a torrent that stops during their check are suspect at the next start", async (t) => {
  const known = { trusted: bitsOf("##.."), doubted: bitsOf("..##"), touched: [0] };
  const { engine, job, start } = sceneOfKnown(known);
  await start();
  setCheckPool(engine, { checkPieces: () => new Promise(() => undefined) });
  hashNewSuspects(engine, job);
  await job.life.stop();
  await start();
  t.deepEqual([...job.content.ledger.states], [4, 4, 2, 2]);
  t.deepEqual(job.content.checks.newSuspects, [2, 3]);
});

test("the file-worker gets the pieces had before a piece is written", async (t) => {
  const { file, start } = sceneOfKnown({ trusted: bitsOf("#...") });
  await start();
  const [kept] = file.casts("save-job");
  t.is(picture((kept as { had: Uint8Array }).had), "#...");
});

test("AE15: counters continue those of earlier runs, added once", async (t) => {
  const counters = {
    downloadedBytes: 7,
    uploadedBytes: 8,
    wastedBytes: 9,
    failedHashBytes: 1,
    protocolDownBytes: 5,
    protocolUpBytes: 6,
    activeSeconds: 90,
    downloadSeconds: 20,
    seedSeconds: 60,
  };
  const { job, start } = sceneOfKnown({ counters });
  await start();
  Object.assign(job.content.traffic.replacedTables, {
    downloadedBytes: 200,
    uploadedBytes: 100,
    wastedBytes: 50,
    protocolDownBytes: 20,
    protocolUpBytes: 10,
  });
  job.content.traffic.failedHashBytes = 30;
  job.seedingTime = { ...job.seedingTime, seedMs: 3_999 };
  const lifetime = {
    downloadedBytes: 207,
    uploadedBytes: 108,
    wastedBytes: 59,
    failedHashBytes: 31,
    protocolDownBytes: 25,
    protocolUpBytes: 16,
    activeSeconds: 90,
    downloadSeconds: 20,
    seedSeconds: 63,
  };
  t.deepEqual(progressOf(job).lifetime, lifetime);
  await job.life.stop();
  await start();
  t.deepEqual(progressOf(job).lifetime, lifetime);
  t.like(progressOf(job), {
    uploadedBytes: 100,
    wastedBytes: 80,
    failedHashBytes: 30,
    protocolDownBytes: 20,
    protocolUpBytes: 10,
  });
});

test("the last record is marked orderly after a stop, and not after an error", async (t) => {
  const { job, file, start } = scene({ found: "####" });
  await start();
  await job.life.stop();
  t.like(file.calls("close-storage")[0], { job: { isOrderly: true } });
  await start();
  job.life.fail({ code: "EIO", message: "the disk is broken" });
  await settle();
  t.like(file.calls("close-storage")[1], { job: { isOrderly: false } });
});

test("a torrent that stops during its check saves no new record", async (t) => {
  const { engine, job, file, start } = scene({ found: "####" });
  setCheckPool(engine, { checkPieces: () => new Promise(() => undefined) });
  await start();
  await job.life.stop();
  t.is((file.calls("close-storage")[0] as { job?: unknown }).job, undefined);
});

test("AE8: a second start changes nothing: it opens no file, and `started` is announced once", async (t) => {
  const { job, ref, http, start, states, fileSaid, time } = scene({ trackers: [["http://a/"]] });
  http.respond = (request) => request.reply("d8:intervali900e5:peers0:e");
  await start();
  await start();
  job.life.start();
  await time.pass(1_000);
  t.deepEqual(states(), ["starting", "active"]);
  t.deepEqual(http.story, ["a started"]);
  t.is(fileSaid().filter((name) => name === "open-storage").length, 1);
  t.is(ref(0).casts("open-torrent").length, 1);
});

test("AE9: a stop settles when `stopped` was answered, or after 1.5 s without an answer", async (t) => {
  const { job, http, start, states, time } = scene({ trackers: [["http://a/"]] });
  http.respond = (request) => {
    if (!request.url.includes("event=stopped")) request.reply("d8:intervali900e5:peers0:e");
  };
  await start();
  await time.pass(0);
  let isStopped = false;
  const stopped = job.life.stop().then(() => (isStopped = true));
  await time.pass(1_400);
  t.deepEqual([isStopped, job.state], [false, "stopping"]);
  t.is(http.story.at(-1), "a stopped");
  await time.pass(200);
  await stopped;
  t.is(states().at(-1), "stopped");

  await start();
  await time.pass(0);
  const again = job.life.stop();
  await settle();
  t.is(job.state, "stopping");
  http.requests.at(-1)?.reply("d8:intervali900e5:peers0:e");
  await again;
  t.is(job.state, "stopped");
});

test("AE9: a stop waits at most two seconds", async (t) => {
  const { job, file, ref, start, time } = scene({}, { workers: 2 });
  await start();
  for (const index of [0, 1]) {
    ref(index).answer = async () => {
      // Both use up their time, side by side.
      if (index === 0) time.advance(1_000);
      return {};
    };
  }
  await job.life.stop();
  const deadlineOf = (said: readonly { name: string; deadlineMs?: number }[], name: string) =>
    said.find((one) => one.name === name)?.deadlineMs ?? Infinity;
  t.is(deadlineOf(ref(0).sent, "close-torrent"), 1_000);
  t.true(1_000 + deadlineOf(file.sent, "close-storage") < 2_000);
});

test("a seed-only torrent makes no files", async (t) => {
  const { job, start, states, fileSaid } = scene({ found: "####" });
  Object.assign(job.request, { mode: "seed-only" });
  await start();
  t.is(states().at(-1), "active");
  // The second has the date of the completion.
  t.deepEqual(fileSaid(), ["open-storage", "save-job", "save-job"]);
});

test("a start warns, in MiB, of the memory for a piece larger than the memory, and of missing space", async (t) => {
  const mebibyte = 2 ** 20;
  const { engine, start, events, file, gather } = scene({
    pieces: 2,
    pieceLengthBytes: 128 * mebibyte,
  });
  Object.assign(engine.options, { memoryBytes: 64 * mebibyte });
  file.answer = (name) =>
    name === "prepare-storage" ? { freeBytes: 3 * mebibyte } : { foundBytes: 0 };
  await start();
  gather();
  const warnings = events().filter((event) => event.event === "warning");
  t.deepEqual(
    warnings.map(({ code }) => code),
    ["large-pieces", "low-space"],
  );
  t.regex(warnings[0]?.message ?? "", /a piece of 128 MiB .* of 64\.0 MiB: .* 192 MiB in all/);
  t.regex(warnings[1]?.message ?? "", /^256 MiB are missing, and ".*" has room for 3\.00 MiB$/);
});

test("a start with pieces that fit into the memory emits no memory warning", async (t) => {
  const { start, events, gather } = scene();
  await start();
  gather();
  t.false(events().some((event) => event.event === "warning"));
});

test("the last progress of a stopped torrent has no rates", async (t) => {
  const { engine, job, start, events } = scene();
  await start();
  job.content.traffic.rates.downBytesPerSecond = 1_000_000;
  await job.life.stop();
  const last = events().findLast((event) => event.event === "progress");
  t.like(last, { downBytesPerSecond: 0, upBytesPerSecond: 0 });
  t.is(statusOf(engine, job).progress.downBytesPerSecond, 0);
});

test("a check that finds no room waits for another to end, and a stop ends the waiting", async (t) => {
  const { engine, job, file, start, addJob } = scene({ found: "####" });
  const ends: (() => void)[] = [];
  const checkPieces = () => new Promise((resolve) => ends.push(() => resolve(bitsOf("####"))));
  Object.assign(job.disk, { checkLimit: new ConcurrencyLimit(1) });
  setCheckPool(engine, { checkPieces });
  file.answer = (name) => (name === "open-storage" ? { foundBytes: 1 } : {});
  const [second, third] = [addJob(), addJob()];
  for (const other of [second, third]) putIn(other, "stopped");
  await start();
  second.life.start();
  third.life.start();
  await settle();
  t.is(ends.length, 1);
  await second.life.stop();
  ends[0]?.();
  await settle();
  ends[1]?.();
  await settle();
  t.deepEqual([job.state, second.state, third.state], ["active", "stopped", "active"]);
});

test("a torrent that is stopped while its part file is settled stops, and can be started again", async (t) => {
  const { job, file, start, states } = scene({ found: "#.#." });
  const settled = Promise.withResolvers<unknown>();
  const partFile = { path: "/downloads/.parts", files: [0], entries: [] };
  file.answer = (name) => {
    if (name === "settle-part-file") return settled.promise;
    return name === "open-storage" ? { foundBytes: 1, partFile } : {};
  };
  await start();
  const stopped = job.life.stop();
  settled.resolve({});
  await stopped;
  await settle();
  t.deepEqual(states(), ["starting", "stopping", "stopped"]);
  await start();
  t.deepEqual(states().slice(3), ["starting", "checking", "active"]);
});

test("AE21: a file that becomes wanted while a start makes room is sent to the file-worker", async (t) => {
  const { engine, job, file, start } = scene({
    files: [1.5 * 32_768, 2.5 * 32_768],
    priorities: [1, 0],
  });
  const prepared = Promise.withResolvers<unknown>();
  file.answer = (name) => {
    if (name === "prepare-storage") return prepared.promise;
    return name === "open-storage" ? { foundBytes: 0 } : {};
  };
  await start();
  setPriorities(engine, job, { torrent: job.id, priorities: [{ file: 1, priority: 1 }] });
  prepared.resolve({ freeBytes: 1e9 });
  await settle();
  t.is(job.state, "active");
  t.deepEqual(file.calls("settle-part-file"), [{ torrent: job.id, unwanted: [] }]);
});

test("a torrent is complete only when a file that became wanted last has its bytes", async (t) => {
  const { engine, job, file, start, events, gather } = scene({
    files: [1.5 * 32_768, 2.5 * 32_768],
    priorities: [1, 0],
    found: "####",
  });
  const [emptyFiles, settled] = [
    Promise.withResolvers<unknown>(),
    Promise.withResolvers<unknown>(),
  ];
  file.answer = (name) => {
    if (name === "complete-storage") return emptyFiles.promise;
    if (name === "settle-part-file") return settled.promise;
    return name === "open-storage" ? { foundBytes: 1 } : {};
  };
  const completions = (): number => {
    gather();
    return events().filter(({ event }) => event === "complete").length;
  };
  await start();
  setPriorities(engine, job, { torrent: job.id, priorities: [{ file: 1, priority: 1 }] });
  emptyFiles.resolve({});
  await settle();
  t.is(completions(), 0, "its bytes are in the part file still");
  settled.resolve({});
  await settle();
  t.is(completions(), 1);
});
