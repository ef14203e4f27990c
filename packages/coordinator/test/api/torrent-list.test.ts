import test from "ava";
import type { InfoHash } from "@troupe/protocol/units";
import type { MessageOf } from "@troupe/actor-runtime";
import { packFiles } from "@troupe/messages";
import type { AddTorrent, ApiProtocol, TorrentId, TorrentInfo } from "@troupe/messages";
import { ManualTime, RecordingRef, settle } from "@troupe/actor-runtime/testing";
import type { InfoHashV2, TorrentKey } from "@troupe/protocol/identity";
import { freeLock } from "../../src/api/lock/job-lock.ts";
import { torrentOf } from "../../src/api/torrent.ts";
import { TorrentProxy } from "../../src/api/torrent-proxy.ts";
import { TorrentList } from "../../src/api/torrent-list.ts";

const info = (id: number, name: string): TorrentInfo => ({
  torrent: id as TorrentId,
  key: name.padEnd(40, "0") as TorrentKey,
  infoHash: name.padEnd(40, "0"),
  infoHashes: { v1: name.padEnd(40, "0") as InfoHash },
  peerId: new Uint8Array(20),
  name,
  lengthBytes: 1,
  pieceLengthBytes: 16_384,
  pieces: 1,
  files: packFiles([]),
  trackers: [],
  webSeeds: [],
  isPrivate: false,
  hasMetadata: true,
  warnings: [],
});

/** Three torrents, and an engine that numbers the torrents it gets from `nextId` on. */
function scene() {
  const engine = new RecordingRef<ApiProtocol>("engine");
  const time = new ManualTime();
  const list = new TorrentList(time);
  const state = { run: 1, nextId: 11 };
  const torrents = ["a", "b", "c"].map((name, index) => {
    const request = { directory: name, peers: [], settings: {} } as unknown as AddTorrent;
    const torrent: TorrentProxy = new TorrentProxy(info(index + 1, name), {
      request,
      priorities: undefined,
      engine,
      timers: time,
      clock: time,
      refuseClosed: () => undefined,
      servicesNamed() {
        return this;
      },
      namesLearned: () => undefined,
      lock: freeLock("/downloads"),
      queuePosition: () => list.queuePosition(torrent),
      setQueuePosition: (position) => list.setQueuePosition(torrent, position),
      forget: () => list.remove(torrent),
      leaveQuarantine: () => undefined,
      saveRemoval: () => Promise.resolve(),
      forgetSaved: () => Promise.resolve(),
      saveTorrent: () => Promise.resolve(),
      exists: () => Promise.resolve(false),
      torrentSaved: () => undefined,
      mayBeMoving: false,
      saveWish: () => undefined,
      saveNames: () => Promise.resolve(),
      servicesAt: () => {
        throw new Error("nothing is moved here");
      },
      servicesWith: () => {
        throw new Error("no metadata comes here");
      },
      untilAnswered: (ask) => ask(),
    });
    list.add(torrent);
    return torrent;
  });
  engine.answer = (name, message) =>
    name === "add-torrent" ? info(state.nextId++, (message as AddTorrent).directory) : {};
  const tellAgain = () => {
    const run = ++state.run;
    return list.addToEngine(() => run === state.run);
  };
  return {
    engine,
    list,
    time,
    torrents,
    state,
    tellAgain,
    names: () => list.all.map((torrent) => torrent.info.name),
  };
}

test("torrents are found by their number in the present engine", async (t) => {
  const { list, torrents, tellAgain } = scene();
  t.is(list.get(2 as TorrentId), torrents[1]);
  t.true(await tellAgain());
  t.is(list.get(2 as TorrentId), undefined);
  t.is(list.get(12 as TorrentId), torrents[1]);
  t.is(list.nextId, 14);
});

test("a hash that torrents share belongs to the next of them after the first is removed", (t) => {
  const { list, torrents } = scene();
  const [first, second, third] = torrents;
  if (first === undefined || second === undefined || third === undefined) return t.fail();
  const shared = "d".repeat(64) as InfoHashV2;
  for (const torrent of [second, first, third]) {
    Object.assign(torrent.info, { infoHashes: { ...torrent.info.infoHashes, v2: shared } });
    list.namesLearned(torrent);
  }
  const finds = () =>
    [shared, shared.slice(0, 40)].map((hash) => list.withInfoHash(hash)?.info.name);
  t.deepEqual(finds(), ["b", "b"]);
  list.remove(first);
  t.deepEqual(finds(), ["b", "b"]);
  list.remove(second);
  t.deepEqual(finds(), ["c", "c"]);
  list.remove(third);
  t.deepEqual(finds(), [undefined, undefined]);
});

test("no torrent is lost when an engine crashes while it gets the torrents", async (t) => {
  const { engine, list, torrents, tellAgain, names } = scene();
  const answer = engine.answer;
  let told = 0;
  engine.answer = (name, message) => {
    if (name === "add-torrent" && ++told === 2) {
      throw Object.assign(new Error("it died"), { code: "actor-gone" });
    }
    return answer(name, message);
  };
  await t.throwsAsync(tellAgain(), { code: "actor-gone" });
  t.deepEqual(names(), ["a", "b", "c"]);
  t.true(await tellAgain());
  t.deepEqual(
    torrents.map((torrent) => list.get(torrent.id)),
    torrents,
  );
});

test("a newer engine replaces an older one while torrents are being added to it", async (t) => {
  const { engine, list, torrents, tellAgain } = scene();
  const answer = engine.answer;
  let answerFirst: () => void = () => undefined;
  engine.answer = (name, message) => {
    engine.answer = answer;
    return new Promise((resolve) => (answerFirst = () => resolve(answer(name, message))));
  };
  const first = tellAgain();
  await settle();
  t.true(await tellAgain());
  const known = torrents.map(({ id }) => id);
  answerFirst();
  t.false(await first);
  t.is(engine.calls("add-torrent").length, 4);
  t.deepEqual(
    known.slice(1).map((id) => list.get(id)?.info.name),
    ["b", "c"],
  );
});

test("a torrent that the new engine refuses gets the refusal as its error, and the others continue", async (t) => {
  const { engine, torrents, tellAgain } = scene();
  const answer = engine.answer;
  engine.answer = (name, message) =>
    (message as AddTorrent).directory === "b"
      ? { refused: "torrent-exists", message: "twice" }
      : answer(name, message);
  t.true(await tellAgain());
  t.deepEqual(
    torrents.map(({ state }) => state),
    ["stopped", "error", "stopped"],
  );
  await t.throwsAsync(torrents[1]?.promises.completed ?? Promise.resolve(), {
    code: "torrent-exists",
  });
});

test("a torrent that is removed while it is added to the new engine is removed there too", async (t) => {
  const { engine, list, torrents, tellAgain, names } = scene();
  const answer = engine.answer;
  engine.answer = async (name, message) => {
    engine.answer = answer;
    await torrents[0]?.remove();
    return answer(name, message);
  };
  t.true(await tellAgain());
  await settle();
  t.deepEqual(names(), ["b", "c"]);
  t.deepEqual(
    engine.calls("remove-torrent").map(({ torrent }) => Number(torrent)),
    [1, 11],
  );
  t.is(list.get(11 as TorrentId), undefined);
});

test("F09: torrents are queued in the order of their adding, and moved by position or direction", (t) => {
  const { list, torrents, engine } = scene();
  for (const torrent of torrents) torrent.settings.setQueueRank(list.newQueueRank());
  const users = torrents.map(torrentOf);
  const positions = () => users.map(({ queuePosition }) => queuePosition);
  t.deepEqual(positions(), [0, 1, 2]);
  const moves = [
    [2, "top", [1, 2, 0]],
    [2, "down", [0, 2, 1]],
    [1, "up", [0, 1, 2]],
    [0, "bottom", [2, 0, 1]],
    [0, 1, [1, 0, 2]],
  ] as const;
  engine.sent.length = 0;
  for (const [which, position, expected] of moves) {
    users[which]?.setQueuePosition(position);
    t.deepEqual(positions(), expected);
  }
  t.is(engine.casts("change-torrent-settings").length, moves.length);
  for (const wrong of [-1, 0.5, "first"]) {
    t.throws(() => users[0]?.setQueuePosition(wrong as number), { code: "option-out-of-range" });
  }
});

test("F09: torrents behind the highest rank of a record share that rank, and can be moved", (t) => {
  const { list, torrents } = scene();
  const [first, second, third] = torrents;
  first?.settings.setQueueRank(Number.MAX_SAFE_INTEGER);
  second?.settings.setQueueRank(list.newQueueRank());
  third?.settings.setQueueRank(list.newQueueRank());
  const users = torrents.map(torrentOf);
  const positions = () => users.map(({ queuePosition }) => queuePosition);
  // A record with another number is refused.
  const areRecorded = () =>
    torrents.every(({ settings }) => Number.isSafeInteger(settings.queueRank));
  t.deepEqual(positions(), [0, 1, 2]);
  t.true(areRecorded());
  users[2]?.setQueuePosition("up");
  t.deepEqual(positions(), [0, 2, 1]);
  t.true(areRecorded());
});

test("F09: a new engine gets the torrents in the order of the queue, with the places that have changed", async (t) => {
  const { engine, torrents, tellAgain } = scene();
  const [first] = torrents.map(torrentOf);
  first?.setQueuePosition("bottom");
  first?.setForced(true);
  t.true(first?.isForced);
  await tellAgain();
  const added = engine.calls("add-torrent");
  t.deepEqual(
    added.map(({ directory }) => directory),
    ["b", "c", "a"],
  );
  const rank = torrents[0]?.settings.queueRank;
  t.deepEqual(
    added.map(({ settings }) => settings),
    [{}, {}, { queueRank: rank, forced: true }],
  );
  first?.setForced(false);
  t.false(first?.isForced);
});

test("F09: a removed torrent has no position", (t) => {
  const { list, torrents } = scene();
  const [first, second] = torrents;
  if (first === undefined || second === undefined) return t.fail();
  list.remove(first);
  t.is(torrentOf(first).queuePosition, -1);
  torrentOf(first).setQueuePosition("top");
  t.is(torrentOf(second).queuePosition, 0);
});

test("the last figures of a torrent come again each second, until its state changes", (t) => {
  const { list, time, torrents } = scene();
  const [first] = torrents;
  if (first === undefined) return t.fail();
  const uploaded: number[] = [];
  torrentOf(first).on("progress", (progress) => uploaded.push(progress.uploadedBytes));
  const progress = { ...first.figures.progress, uploadedBytes: 7 };
  const tell = (...events: MessageOf<ApiProtocol, "torrent-event">["events"]): void =>
    list.receive({ torrent: first.id, events });
  tell({ event: "state", state: "active" }, { event: "progress", ...progress });
  time.advance(3_000);
  t.deepEqual(uploaded, [7, 7, 7]);
  tell({ event: "state", state: "paused" });
  time.advance(3_000);
  t.is(uploaded.length, 3);
});

test("a goal acts on a torrent when the guard of goals has settled, unless it was removed meanwhile", async (t) => {
  const { list, torrents } = scene();
  const guarded: string[] = [];
  const noted = Promise.withResolvers<void>();
  list.guardGoals(({ info: { name } }) => {
    guarded.push(name);
    return noted.promise;
  });
  const events: string[] = [];
  for (const torrent of torrents.slice(0, 2)) {
    torrent.start();
    torrent.events.on("goal-reached", () => events.push(torrent.info.name));
  }
  const goal = { event: "goal-reached", reached: ["ratio"], goals: {}, action: "stop" } as const;
  list.receive({ torrent: 1 as TorrentId, events: [goal] });
  list.receive({ torrent: 2 as TorrentId, events: [goal] });
  const [one, other] = torrents;
  if (one === undefined || other === undefined) return t.fail();
  list.remove(other);
  await settle();
  t.deepEqual([guarded, events, one.isStarted], [["a", "b"], [], true]);
  noted.resolve();
  await settle();
  t.deepEqual([events, one.isStarted], [["a"], false]);
});
