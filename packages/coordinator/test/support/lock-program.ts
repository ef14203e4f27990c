// Takes the lock of a job for each line of its standard input, holds the locks until the input ends, and releases them:
// node lock-program.ts KEEPER FOLDER. A line is the key of a torrent; the answer is `held`, or the code of the refusal.
// KEEPER is the URL of the keeper's thread: lock-holder.ts joins this program into a file elsewhere.

import { createInterface } from "node:readline";
import type { TorrentKey } from "@troupe/protocol/identity";
import { jobLock, type JobLock } from "../../src/api/lock/job-lock.ts";
import { LockKeepers } from "../../src/api/lock/lock-keepers.ts";

const [keeper = "", directory = ""] = process.argv.slice(2);
const keepers = new LockKeepers(8, { "lock-keeper.worker": keeper });
const held: JobLock[] = [];
for await (const key of createInterface({ input: process.stdin })) {
  const lock = jobLock({ key: key as TorrentKey, directory, makesFolder: true }, keepers);
  try {
    await lock.take();
    held.push(lock);
    console.log("held");
  } catch (error) {
    console.log((error as { code: string }).code);
  }
}
for (const lock of held) await lock.release();
await keepers.close();
