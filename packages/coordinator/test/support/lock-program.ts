// Holds the lock of a job until its standard input ends: node lock-program.ts INFO-HASH FOLDER

import { jobLock } from "../../src/api/lock/job-lock.ts";
import { LockKeepers } from "../../src/api/lock/lock-keepers.ts";

const [infoHash = "", directory = ""] = process.argv.slice(2);
const keepers = new LockKeepers(8);
const lock = jobLock({ infoHash, directory, makesFolder: true }, keepers);
try {
  await lock.take();
  console.log("held");
} catch (error) {
  console.log((error as { code: string }).code);
}
for await (const _ of process.stdin);
await lock.release();
await keepers.close();
