import test from "ava";
import { RateShare, torrentWeight } from "@troupe/messages";
import { changeSettings } from "../../../src/engine/settings/change-settings.ts";
import { weightOf } from "../../../src/torrent/weight.ts";
import { changeJob, makeScene, putIn } from "../../support/engine-scene.ts";
import { loneWorker } from "../../support/lone-worker.ts";

test("new limits of a torrent hold at each worker at once, and are recorded", (t) => {
  const { addJob, engine, file, ref } = makeScene({ workers: 2 });
  const peers = [ref(0), ref(1)];
  const job = addJob();
  changeJob(engine, job, { "limits.up": 5_000, "limits.down": 0 });
  for (const peer of peers) t.is(peer.casts("set-torrent-limits").length, 1);
  t.like(file.casts("save-job").at(-1), { facts: { settings: { "limits.up": 5_000 } } });
  t.deepEqual(Object.keys(engine.rates.renewTorrentShare(job, 0)), ["limits"]);
  changeJob(engine, job, { "limits.up": null });
  for (const peer of peers)
    t.deepEqual(peer.casts("set-torrent-limits").at(-1), { torrent: job.id });
  t.false("limits.up" in (file.casts("save-job").at(-1)?.facts.settings ?? {}));
});

test("a bound of the engine reaches the torrents that never set one, and no record", (t) => {
  const { addJob, engine, file } = makeScene();
  const [own, other] = [addJob({ maxPeers: 9 }), addJob()];
  changeJob(engine, other, { maxPeers: null });
  const saves = file.casts("save-job").length;
  changeSettings(engine, { changes: { maxPeers: 30 } });
  t.deepEqual([own.limits.peerLimit, other.limits.peerLimit], [9, 30]);
  changeSettings(engine, { changes: { maxPeers: null } });
  t.is(other.limits.peerLimit, 200);
  t.is(file.casts("save-job").length, saves);
});

test("a place in the queue is saved with the next figures", (t) => {
  const { addJob, engine, file } = makeScene();
  const job = addJob();
  changeJob(engine, job, { queueRank: 7, forced: true });
  t.deepEqual(file.casts("save-job"), []);
  t.deepEqual([job.setting("queueRank"), job.setting("forced")], [7, true]);
});

test("limits and bounds of the queue hold for the whole engine", (t) => {
  const { engine } = makeScene();
  changeSettings(engine, { changes: { "limits.down": 5_000, maxActiveSeeds: 0 } });
  t.deepEqual(engine.queue.limits, { downloads: Infinity, seeds: 0 });
  t.deepEqual(engine.rates.renewShares(0).map(Object.keys), [["limits"]]);
});

test("peer exchange is turned off and on at each worker, and never on for a private torrent", (t) => {
  const { addJob, engine, ref } = makeScene({ workers: 2 });
  const [open, hidden] = [addJob(), addJob()];
  Object.assign(hidden.content.metainfo, { isPrivate: true });
  const told = (worker: number) => ref(worker).casts("set-peer-exchange");
  changeSettings(engine, { changes: { peerExchange: false } });
  const off = [
    { torrent: open.id, isOn: false },
    { torrent: hidden.id, isOn: false },
  ];
  t.deepEqual([told(0), told(1)], [off, off]);
  changeSettings(engine, { changes: { peerExchange: null } });
  t.deepEqual(told(1).slice(2), [
    { torrent: open.id, isOn: true },
    { torrent: hidden.id, isOn: false },
  ]);
});

test("F03: the order of pieces changes while a torrent runs", (t) => {
  const { addJob, engine } = makeScene();
  const job = addJob({ pieces: 6 });
  const question = {
    peerHas: Uint8Array.of(0xfc),
    count: 6,
    availability: [Uint16Array.of(1, 1, 1, 1, 1, 1)],
    nowMs: 0,
    ...loneWorker,
  };
  const pick = (): number[] => job.content.picker.pick(question);
  t.is(pick().length, 6);
  changeJob(engine, job, { sequential: true });
  t.deepEqual(pick(), [0, 1, 2, 3, 4, 5]);
  changeJob(engine, job, { fromPiece: 4 });
  t.deepEqual(pick(), [4, 5, 0, 1, 2, 3]);
  changeJob(engine, job, { firstLastPieces: true });
  t.deepEqual(pick(), [0, 5, 4, 1, 2, 3]);
  changeJob(engine, job, { fromPiece: null, firstLastPieces: null });
  t.deepEqual(pick(), [0, 1, 2, 3, 4, 5]);
});

test("L07: the bandwidth priority of a torrent is its weight, reaches the workers of a run, and is recorded", (t) => {
  const { addJob, engine, file, ref } = makeScene({ workers: 2 });
  const job = addJob({ settings: { bandwidthPriority: "low" } });
  t.is(weightOf(job), torrentWeight(0.5));
  changeJob(engine, job, { bandwidthPriority: "high" });
  t.is(weightOf(job), torrentWeight(2));
  for (const index of [0, 1])
    t.deepEqual(ref(index).casts("set-weight"), [{ torrent: job.id, weight: torrentWeight(2) }]);
  t.is(file.casts("save-job").at(-1)?.facts.settings["bandwidthPriority"], "high");
  putIn(job, "stopped");
  changeJob(engine, job, { bandwidthPriority: null });
  t.is(weightOf(job), torrentWeight(1));
  t.is(ref(0).casts("set-weight").length, 1, "a stopped torrent is in no worker");
});

test("L09: a group's settings reach its torrents at once, and no record", (t) => {
  const { addJob, engine, file, ref } = makeScene();
  const [member, own, other] = [
    addJob({ settings: { group: "films" } }),
    addJob({ maxPeers: 9, settings: { group: "films" } }),
    addJob(),
  ];
  changeJob(engine, member, { maxPeers: null });
  changeJob(engine, other, { maxPeers: null });
  const saves = file.casts("save-job").length;
  const films = { maxPeers: 30, bandwidthPriority: "high", limits: { up: 5_000 } } as const;
  changeSettings(engine, { changes: { groups: { films } } });
  t.deepEqual(
    [member, own, other].map(({ limits }) => limits.peerLimit),
    [30, 9, 50],
  );
  t.deepEqual([weightOf(member), weightOf(other)], [torrentWeight(2), torrentWeight(1)]);
  t.is(new RateShare(ref(0).casts("set-limits").at(-1)?.limits).up.rate, 5_000);
  t.is(ref(0).casts("set-limits").at(-1)?.group, "films");
  t.is(ref(0).casts("set-weight").length, 2, "one for each torrent of the group");
  changeSettings(engine, { changes: { groups: { films: { ...films, maxPeers: 20 } } } });
  t.is(member.limits.peerLimit, 20);
  t.is(ref(0).casts("set-weight").length, 2, "its priority is the same");
  t.is(ref(0).casts("set-limits").length, 1, "its limits are the same");
  changeSettings(engine, { changes: { groups: null } });
  t.is(member.limits.peerLimit, 50);
  t.is(weightOf(member), torrentWeight(1));
  t.deepEqual(ref(0).casts("set-limits").at(-1), { group: "films" });
  t.is(file.casts("save-job").length, saves);
});

test("L09: a torrent that moves to another group follows it at once, and its record has the name", (t) => {
  const groups = {
    films: { maxPeers: 30, bandwidthPriority: "high" },
    books: { maxPeers: 10, goals: { ratio: 2 } },
  } as const;
  const { addJob, engine, file, ref } = makeScene({ limits: { groups } });
  const job = addJob({ settings: { group: "films" } });
  changeJob(engine, job, { maxPeers: null, labels: ["new"] });
  t.deepEqual([job.limits.peerLimit, weightOf(job)], [30, torrentWeight(2)]);
  changeJob(engine, job, { group: "books" });
  t.deepEqual([job.limits.peerLimit, weightOf(job)], [10, torrentWeight(1)]);
  t.is(job.setting("goals.ratio"), 2);
  t.deepEqual(ref(0).casts("set-torrent-limits").at(-1), { torrent: job.id, group: "books" });
  t.like(file.casts("save-job").at(-1), {
    facts: { settings: { group: "books", labels: ["new"] } },
  });
  changeJob(engine, job, { group: null });
  t.is(job.limits.peerLimit, 50);
  t.deepEqual(ref(0).casts("set-torrent-limits").at(-1), { torrent: job.id });
});
