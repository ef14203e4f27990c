// A benchmark in a network of its own, in which it may give `lo` addresses and count packets.

import { spawnSync } from "node:child_process";
import { runProcess } from "../../test/support/programs/process.ts";

/**
 * Runs a program of ours again in a network of its own, with the same options and `--inside`, and ends with its exit
 * status. Needs Linux.
 */
export function runInOwnNetwork(program: string): void {
  // Root of the machine, or of a name space in which we are root.
  const unshare = process.getuid?.() === 0 ? ["--net"] : ["--net", "--map-root-user"];
  const words = [program, "--inside", ...process.argv.slice(2)];
  const { error, status } = spawnSync("unshare", [...unshare, "--", process.execPath, ...words], {
    stdio: "inherit",
  });
  if (error !== undefined) throw error;
  process.exitCode = status ?? 1;
}

/** Brings the loopback interface up, also again. @param ranges Further addresses of it, such as `203.0.113.7/32`: all of each range. */
export async function bringUpLoopback(ranges: readonly string[] = []): Promise<void> {
  const ip = (words: string): Promise<readonly string[]> =>
    runProcess(["ip", ...words.split(" ")], { debianPackage: "iproute2" });
  await ip("link set lo up");
  for (const range of ranges) await ip(`address replace ${range} dev lo`);
}
