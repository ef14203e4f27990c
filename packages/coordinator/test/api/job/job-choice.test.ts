import test from "ava";
import type { ListedJob } from "@troupe/messages";
import type { TorrentKey } from "@troupe/protocol/identity";
import { adoptedJobs, allJobs, servedJobs } from "../../../src/api/job/job-choice.ts";

const keyOf = (digit: string) => digit.repeat(40) as TorrentKey;
const job = { directory: "/a", settings: {}, isStarted: true } as const;

const plain: ListedJob = { ...job, key: keyOf("a") };
const served: ListedJob = { ...job, key: keyOf("b"), isServed: true };
const removed: ListedJob = { ...job, key: keyOf("c"), isRemoved: true };
const jobs = [plain, served, removed];

test("a restore takes all jobs, or those with the mark of a service", (t) => {
  t.deepEqual(allJobs(jobs), jobs);
  t.deepEqual(servedJobs(jobs), [served]);
});

test("an adoption takes the jobs without a mark, stopped and with a mark", (t) => {
  t.deepEqual(adoptedJobs(undefined)(jobs), [{ ...plain, isStarted: false, isServed: true }]);
});

test("an adoption of named jobs takes each folder of them", (t) => {
  const elsewhere = { ...plain, directory: "/b" };
  const taken = adoptedJobs([plain.key])([...jobs, elsewhere]);
  t.deepEqual(
    taken.map(({ directory }) => directory),
    ["/a", "/b"],
  );
});

test("an adoption of a job that is not there, or is being removed, is refused", (t) => {
  for (const key of [keyOf("d"), removed.key]) {
    const error = t.throws(() => adoptedJobs([plain.key, key])(jobs), { code: "no-torrent" });
    t.is(error.message, `the state folder has no job of ${key}`);
  }
});
