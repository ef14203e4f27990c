import test from "ava";
import { ManualTime } from "@troupe/actor-runtime/testing";
import type { ListedJob } from "@troupe/messages";
import type { TorrentKey } from "@troupe/protocol/identity";
import { allJobs, type JobChoice } from "../../../src/api/job/job-choice.ts";
import { restoreJobs, warnOfSettings } from "../../../src/api/job/restored-jobs.ts";
import type { SessionState } from "../../../src/api/job/session-state.ts";
import type { TorrentProxy } from "../../../src/api/torrent-proxy.ts";

const settings: ListedJob["settings"] = { maxPeers: 100 };

const keyOf = (digit: string) => digit.repeat(40) as TorrentKey;

const dates = { addedAt: 5 };
const jobs: readonly ListedJob[] = [
  { key: keyOf("a"), directory: "/a", settings, dates, isStarted: false, isRemoved: true },
  { key: keyOf("b"), directory: "/b", settings, isStarted: true },
  { key: keyOf("c"), directory: "/c", settings, dates, isStarted: true },
];

/** A list of a torrent that was being removed, and of two that were not; the record of one has no dates. */
function scene(remove: (removal: string) => Promise<void>, choose: JobChoice = allJobs) {
  const saved: TorrentKey[] = [];
  const state = {
    jobs: () => Promise.resolve(jobs),
    source: () => Promise.resolve({}),
  } as unknown as SessionState;
  const add = (
    _: unknown,
    __: unknown,
    { recorded: { key } }: { recorded: Pick<ListedJob, "key"> },
  ) => {
    const torrent = {
      ...{ key, settings: { queueRank: 0 }, remove, resume: () => undefined },
      promises: { areOver: false },
      services: { saveNames: async () => void saved.push(key) },
    };
    return Promise.resolve(torrent as unknown as TorrentProxy);
  };
  const time = new ManualTime();
  const list = { jobs: [], moves: [], unreadable: 0 };
  return { time, saved, restored: restoreJobs(state, list, choose, add, time) };
}

test("a removal that was cut off is finished with its files, and its torrent is not restored", async (t) => {
  const removed: string[] = [];
  const { restored } = scene(async (removal) => void removed.push(removal));
  const { torrents, failed } = await restored;
  t.deepEqual(removed, ["cut-off"]);
  t.is(torrents.length, 2);
  t.deepEqual(failed, []);
});

test("a removal that fails is named among the jobs that were not restored", async (t) => {
  const { restored } = scene(() => Promise.reject(new Error("not a file")));
  const { failed } = await restored;
  t.like(failed, [{ infoHash: keyOf("a"), directory: "/a", error: { message: "not a file" } }]);
});

test("a removal on a disk that hangs delays the other torrents by a second", async (t) => {
  const { time, restored } = scene(() => new Promise(() => undefined));
  let isRestored = false;
  void restored.then(() => (isRestored = true));
  await new Promise(setImmediate);
  t.false(isRestored);
  time.advance(1_000);
  t.is((await restored).torrents.length, 2);
});

test("a job of an earlier release is listed with the time of its restore", async (t) => {
  const { restored, saved } = scene(() => Promise.resolve());
  await restored;
  t.deepEqual(saved, [], "not before the answer");
  await new Promise(setImmediate);
  t.deepEqual(saved, [keyOf("b")]);
});

test("a job that is not chosen stays as it is, also if its removal was cut off", async (t) => {
  const removed: string[] = [];
  const last: JobChoice = (all) => all.slice(-1);
  const { restored } = scene(async (removal) => void removed.push(removal), last);
  const { torrents, failed } = await restored;
  t.like(torrents, [{ key: keyOf("c") }]);
  t.deepEqual([removed, failed], [[], []]);
});

test("settings that a record has with wrong values are a warning", async (t) => {
  const heard: unknown[] = [];
  const torrent = { receive: (event: unknown) => void heard.push(event) };
  warnOfSettings(torrent, {});
  warnOfSettings(torrent, { wrongSettings: ["goals.ratio", "upload"] });
  t.deepEqual(heard, [], "a listener that is added at once hears it");
  await new Promise(setImmediate);
  t.like(heard, [{ event: "warning", code: "setting-unusable" }]);
  t.is(heard.length, 1);
});
