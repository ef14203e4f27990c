// A transfer while the thread that started it is blocked for seconds.

import { fileURLToPath } from "node:url";
import { startProcess } from "../../test/support/programs/process.ts";
import type { Seeder } from "../support/seeder.ts";

const libraryRun = fileURLToPath(new URL("library-run.ts", import.meta.url));
const blockMs = 3_000;

/**
 * Downloads once with the caller's thread blocked for 3 s on the way.
 *
 * @returns A sentence with the bytes that the seeder sent in that time.
 */
export async function measureBlockedCaller(
  torrent: string,
  target: string,
  seeder: Seeder,
): Promise<string> {
  const startMs = performance.now();
  const arguments_ = [torrent, target, String(seeder.port), String(blockMs)];
  await using run = await startProcess([process.execPath, libraryRun, ...arguments_]);
  const moment = async (line: string): Promise<{ ms: number; bytes: number }> => {
    await run.lineWhere(`"${line}"`, (seen) => (seen === line ? true : undefined));
    return { ms: performance.now() - startMs, bytes: seeder.sentBytes() };
  };
  const blocked = await moment("blocked");
  const unblocked = await moment("unblocked");
  const { status, signal } = await run.exited;
  if (status !== 0) throw new Error(`the download ended with ${status ?? signal}: ${run.tail()}`);
  const during = unblocked.bytes - blocked.bytes;
  const seconds = (unblocked.ms - blocked.ms) / 1_000;
  return [
    `caller's thread blocked for ${seconds.toFixed(2)} s:`,
    `${(during / 1e6).toFixed(0)} MB arrived meanwhile, ${(during / 1e6 / seconds).toFixed(0)} MB/s;`,
    `before it ${(blocked.bytes / 1e3 / blocked.ms).toFixed(0)} MB/s, start-up included`,
  ].join(" ");
}
