// One download through the library, in a process of its own:
//
//   library-run.ts TORRENT FOLDER SEEDER_PORT [BLOCK_MS]
//
// With BLOCK_MS this thread, the caller's, is blocked that long once a quarter is there, between the lines `blocked`
// and `unblocked`. The last line says how late the engine's event loop ran.

import { writeSync } from "node:fs";
import type { ActorStatus } from "@troupe/actor-runtime";
import { Coordinator } from "@troupe/coordinator";
import { quiet } from "../../test/support/swarm/quiet.ts";

/** The last line of a run, as JSON. */
export interface LibraryReport {
  /** From the torrent being added to its last piece being on disk. */
  readonly seconds: number;
  readonly engineDelayMs: { readonly p999: number; readonly max: number };
}

const [torrentPath = "", directory = "", seederPort = "", blockMs = "0"] = process.argv.slice(2);

await using coordinator = await Coordinator.start({ ...quiet, directory, port: 0 });
const startMs = performance.now();
const torrent = await coordinator.add(torrentPath, {
  useTrackers: false,
  peers: [{ host: "127.0.0.1", port: Number(seederPort) }],
});
let isBlockDue = Number(blockMs) > 0;
torrent.on("progress", ({ haveBytes, wantedBytes }) => {
  if (!isBlockDue || haveBytes < wantedBytes / 4) return;
  isBlockDue = false;
  block(Number(blockMs));
});
await torrent.completed;
const seconds = (performance.now() - startMs) / 1_000;
const report: LibraryReport = { seconds, engineDelayMs: engineDelay(await coordinator.actors()) };
say(JSON.stringify(report));

/** Blocks this thread like a long computation of a user: its event loop takes no turn. */
function block(durationMs: number): void {
  say("blocked");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
  say("unblocked");
}

/** The thread itself may be blocked: past streams, straight to the file. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

function engineDelay(tree: ActorStatus): { p999: number; max: number } {
  const engine = [tree, ...(tree.children ?? [])].find((actor) => actor.loopDelayMs !== undefined);
  if (engine?.loopDelayMs === undefined) {
    throw new Error("no actor at the top of the tree tells its event-loop delay");
  }
  return engine.loopDelayMs;
}
