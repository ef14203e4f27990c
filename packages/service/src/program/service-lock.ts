import { closeSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { TroupeError } from "@troupe/control";
import { FileLocks, type FileLock } from "@troupe/coordinator/commands";

/** Holds the lock of the service's folder: one service runs a state folder. @throws TroupeError `service-running` */
export function lockService(folder: string): FileLock {
  const path = join(folder, "lock");
  closeSync(openSync(path, "a", 0o600));
  const lock = new FileLocks().lock(path, statSync(path, { bigint: true }).dev);
  if (typeof lock === "object") return lock;
  const message =
    lock === "running"
      ? `another service runs on the state folder of ${folder}: stop it, or give --state-dir`
      : `the file system of ${folder} has no locks: give --state-dir on another one`;
  throw new TroupeError("service-running", message);
}
