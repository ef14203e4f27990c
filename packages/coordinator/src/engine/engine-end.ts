// Saving has a limit of three seconds; after that, threads in a disk call are left behind, since only the end of the
// process ends them.

import type { ActorError } from "@troupe/actor-runtime";
import type { StuckThread } from "@troupe/messages";
import { isChecked } from "../torrent/lifecycle/run.ts";
import type { TorrentJob } from "../torrent/torrent-job.ts";
import type { DiskHandle } from "./base/disk-handle.ts";
import type { DiskWatch } from "./disk/disk-watch.ts";
import { saveLastBans } from "./peers/change-bans.ts";
import { saveLastTotals } from "./totals/save-totals.ts";
import type { Engine } from "./base/engine-state.ts";

/** The parts of the engine that its end looks at. */
type EndServices = Pick<
  Engine,
  | "context"
  | "disks"
  | "network"
  | "options"
  | "peerWorkers"
  | "records"
  | "supervision"
  | "torrents"
  | "totals"
>;

/** To stop torrents, write pending pieces and close the database. */
const savingMs = 3_000;
/** Then, time for threads outside of calls to end. */
const endMs = 700;

/**
 * Stops every torrent, then every actor, in reverse order of their start. Idempotent.
 *
 * @returns The threads that do not end.
 */
export function shutDown(engine: EndServices): Promise<readonly StuckThread[]> {
  const { supervision } = engine;
  supervision.ended ??= endInOrder(engine);
  return supervision.ended;
}

/** Threads that are, or may be, in a disk call, and hanging looks at folders. */
export function stuckThreads(engine: EndServices): readonly StuckThread[] {
  return [...described(engine, namesInCall(engine)), ...stuckLooks(engine)];
}

function namesInCall({ disks, records, supervision }: EndServices): readonly string[] {
  const isStuck = ({ isInCall, isSyncing, hasThread }: DiskWatch): boolean =>
    isInCall || isSyncing || hasThread;
  const files = disks.flatMap(({ name, watch }) => (isStuck(watch) ? [name] : []));
  const recordsThread = isStuck(records.watch) ? ["records"] : [];
  return [...files, ...recordsThread, ...supervision.checksAtEnd];
}

async function endInOrder(engine: EndServices): Promise<readonly StuckThread[]> {
  const { context, supervision } = engine;
  const { supervisor } = supervision;
  if (supervisor === undefined) return [];
  supervision.supervisor = undefined;
  if (engine.disks.some(mayCheckHang)) supervision.checksAtEnd = ["check"];
  const untilMs = context.clock.nowMs() + savingMs;
  // Trackers get `stopped` of downloads first: not all may fit in the time.
  const downloadsFirst = [...engine.torrents.values()].toSorted(
    (one, other) => Number(one.isComplete) - Number(other.isComplete),
  );
  const closed = downloadsFirst.map((job) => job.life.close());
  const { dht, portMapping } = engine.network;
  await Promise.all([...closed, portMapping.close(), dht?.close()]);
  for (const job of engine.torrents.values()) job.outbox.flush();
  await engine.network.udpTrackers.close();
  const leftMs = (): number => Math.max(1, untilMs - context.clock.nowMs());
  await Promise.all([saveLastTotals(engine, leftMs()), saveLastBans(engine, leftMs())]);
  const orderlyMs = Math.max(0, untilMs - context.clock.nowMs());
  const running = await supervisor.stop({ orderlyMs, endMs }).then(() => [], namesOf);
  // A terminated thread outside of calls ends a little later on a busy machine.
  const inCall = namesInCall(engine);
  const left = running.filter((name) => inCall.includes(name));
  return [...described(engine, left), ...stuckLooks(engine)];
}

/** Check threads have no stamp. A thread that runs no task is in no disk call. */
function mayCheckHang({ openedCheckPool: pool }: DiskHandle): boolean {
  return pool !== undefined && (pool.running > 0 || pool.abandoned > 0);
}

/** @throws every other error. */
function namesOf(error: ActorError): readonly string[] {
  const actors = error.details?.["actors"];
  if (error.code !== "not-stopped" || !Array.isArray(actors)) throw error;
  return actors.map(String);
}

function described(engine: EndServices, names: readonly string[]): StuckThread[] {
  return names.flatMap((thread): StuckThread[] => {
    const folders = foldersOf(engine, thread);
    return folders.length === 0 ? [{ thread }] : folders.map((folder) => ({ thread, folder }));
  });
}

/** For check pools, the folders of torrents being checked. */
function foldersOf({ options, torrents }: EndServices, thread: string): readonly string[] {
  if (thread === "records") return [options.stateDirectory ?? ""];
  const isItsOwn = ({ disk, life }: TorrentJob): boolean =>
    thread === "check" ? !isChecked(life.run) : disk.name === thread;
  const jobs = [...torrents.values()].filter(isItsOwn);
  return [...new Set(jobs.map(({ request }) => request.directory))];
}

function stuckLooks({ context }: Pick<Engine, "context">): StuckThread[] {
  return context.folders.stuck.map((folder) => ({ thread: "look at a folder", folder }));
}
