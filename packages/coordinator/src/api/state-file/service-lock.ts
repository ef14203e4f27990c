// The lock by which a service keeps its state folder to itself.

import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { TroupeError } from "@troupe/control";
import { FileLocks, type FileLock } from "../lock/file-locks.ts";
import { serviceLockFile } from "./state-paths.ts";

/**
 * Keeps services away from a state folder.
 *
 * @param act The verb of the refusal.
 * @returns Undefined where no service has run.
 * @throws rejects with TroupeError `service-running`
 */
export async function lockAgainstService(
  folder: string,
  act: "export" | "import into",
): Promise<FileLock | undefined> {
  const path = join(folder, serviceLockFile);
  const found = await lstat(path, { bigint: true }).catch(() => undefined);
  if (found === undefined) return undefined;
  const lock = new FileLocks().lock(path, found.dev);
  if (typeof lock === "object") return lock;
  // Without locks no service runs on this file system.
  if (lock === "impossible") return undefined;
  const message = `cannot ${act} the state folder "${folder}": a service runs on it`;
  throw new TroupeError("service-running", message, { details: { folder } });
}
