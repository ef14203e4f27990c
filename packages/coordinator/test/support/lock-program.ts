// Holds the lock of a job until its standard input ends: node lock-program.ts KEY FOLDER

import type { TorrentKey } from "@troupe/protocol/identity";
import { bundledFiles } from "../../../../scripts/tests/bundled-threads.ts";
import { jobLock } from "../../src/api/lock/job-lock.ts";
import { LockKeepers } from "../../src/api/lock/lock-keepers.ts";

const [key = "", directory = ""] = process.argv.slice(2);
const keeperFile = bundledFiles()["lock-keeper.worker"];
const keepers = new LockKeepers(8, keeperFile && { "lock-keeper.worker": keeperFile.href });
const lock = jobLock({ key: key as TorrentKey, directory, makesFolder: true }, keepers);
try {
  await lock.take();
  console.log("held");
} catch (error) {
  console.log((error as { code: string }).code);
}
for await (const _ of process.stdin);
await lock.release();
await keepers.close();
