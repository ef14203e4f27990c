// The restore of a state folder of many torrents, counted from its call until the last torrent has its pieces.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeState } from "../../../bench/restore/make-state.ts";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { CountedCommand, type Counted } from "./counted-command.ts";
import type { ThreadCounts } from "./thread-hook.ts";
import { traceCalls, type TracedCalls } from "./traced-calls.ts";

const program = fileURLToPath(new URL("restore-program.ts", import.meta.url));
const pieceLengthBytes = 16_384;

/** The shape of the torrents, of two files each. */
export interface RestoredShape {
  readonly torrents: number;
  /** Pieces of each torrent, an even number. */
  readonly pieces: number;
}

/** Counts of the threads. @throws rejects when a torrent is not as it was. */
export async function countRestore(
  shape: RestoredShape,
  what: readonly Counted[],
): Promise<readonly ThreadCounts[]> {
  using folder = temporaryFolder("counted-restore");
  prepare(folder.path, shape);
  const threads = ["main", "engine", "records"] as const;
  await using running = await CountedCommand.start([folder.path], what, threads, {}, program);
  await running.lineWhere("its start", (line) => line.includes('"ready"') || undefined);
  await running.begin();
  running.process.say("go");
  checkEnd(await running.lineWhere("its end", restoredLine), shape);
  return await running.end();
}

/** System calls of the program, from its start to its end; `files` are those below the data folder. */
export async function traceRestore(shape: RestoredShape): Promise<readonly TracedCalls[]> {
  using folder = temporaryFolder("traced-restore");
  prepare(folder.path, shape);
  const line = [process.execPath, "--disable-warning=ExperimentalWarning", program, folder.path];
  return await traceCalls({ line, folder: join(folder.path, "data") }, async (running) => {
    running.say("go");
    checkEnd(await running.lineWhere("its end", restoredLine), shape);
  });
}

function prepare(folder: string, { torrents, pieces }: RestoredShape): void {
  const lengthBytes = (pieces / 2) * pieceLengthBytes;
  const files = ["a", "b"].map((name) => ({ path: [name], lengthBytes }));
  makeState(
    folder,
    Array.from({ length: torrents }, (_, torrent) => ({ name: `torrent-${torrent}`, files })),
  );
}

function restoredLine(line: string): string | undefined {
  return line.includes('"restored"') ? line : undefined;
}

function checkEnd(line: string, { torrents }: RestoredShape): void {
  const expected = JSON.stringify({ event: "restored", torrents, failed: 0 });
  if (line !== expected) throw new Error(`not everything came back: ${line}`);
}
