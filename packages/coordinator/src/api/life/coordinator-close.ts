// The end of a coordinator: within five seconds when a disk does not answer. What has to be saved gets three seconds, or 0.3 s from
// the moment at which the caller is in a hurry. Threads that sit in a disk call are left behind then, and named: only the
// end of the process ends them.

import type { Clock, PatientRef, Supervisor, Timers } from "@troupe/actor-runtime";
import type { EngineProtocol, StuckThread } from "@troupe/messages";
import { isGone, TroupeError } from "../../troupe-error.ts";

/** The engine's own limits, and what its answer takes. */
const shutDownMs = 4_100;
/** On a machine that is too busy to answer in that time, as long as no thread is in a disk call. */
const patienceMs = 15_000;
/** Between two questions to such an engine. */
const againMs = 500;
/** The same for what this thread writes in the state folder. */
const savedTorrentsMs = 3_000;
/** In a hurry: for saving, and for threads to end. */
const hurriedSavingMs = 300;
const hurriedEndMs = 80;
/** Threads that are in no disk call end: on a busy machine not at once. */
const busyEndMs = 1_500;
/** Before the end of a hurried saving, threads in disk calls are asked for. */
const askStuckMs = 150;
/** For letting others run the torrents: the end does not depend on it. */
const releaseMs = 1_000;

/** What is to be ended. */
export interface ClosingServices {
  readonly engine: Pick<PatientRef<EngineProtocol>, "call">;
  readonly root: Pick<Supervisor, "stop">;
  readonly time: { readonly clock: Clock; readonly timers: Timers };
  /** What this thread writes in the state folder. */
  readonly savedTorrents: { readonly directory: string | undefined; settled(): Promise<void> };
  readonly torrents: { end(areFree: boolean): Promise<void> };
  /** Ends the threads that hold locks; those that do not end are named. */
  readonly locks: { close(hurry: AbortSignal): Promise<readonly StuckThread[]> };
  /** Aborted when the caller is in a hurry. */
  readonly hurry: AbortSignal;
}

/** Ends everything. @throws rejects with TroupeError `disk-not-answering` when threads are left behind. */
export async function closeEngine(closing: ClosingServices): Promise<void> {
  const { savedTorrents, torrents, locks } = closing;
  const copied = within(closing, savedTorrentsMs, savedTorrents.settled());
  const left = [...(await endEngine(closing))];
  if (!(await copied))
    left.push({ thread: "the thread pool of Node", folder: savedTorrents.directory ?? "" });
  // A thread that is left behind may write when its disk answers: nobody else may run the job before this process ends.
  await within(closing, releaseMs, torrents.end(left.length === 0));
  if (left.length === 0) left.push(...(await locks.close(closing.hurry)));
  if (left.length > 0) throw notAnswering(left);
}

/** The error of a close that has left threads behind. */
function notAnswering(left: readonly StuckThread[]): TroupeError {
  const folders = [...new Set(left.flatMap(({ folder }) => folder ?? []))];
  const threads = [...new Set(left.map(({ thread }) => thread))];
  const disks = folders.map((folder) => `"${folder}"`).join(", ");
  const why = folders.length === 0 ? "threads do not end" : `the disk of ${disks} does not answer`;
  return new TroupeError(
    "disk-not-answering",
    `cannot save everything: ${why}; what is not on record is hashed by the next start (left behind: ${threads.join(", ")})`,
    { details: { folder: folders[0], folders, threads } },
  );
}

async function endEngine(closing: ClosingServices): Promise<readonly StuckThread[]> {
  const { engine, time, hurry } = closing;
  const untilMs = time.clock.nowMs() + patienceMs;
  const isPatient = (): boolean => !hurry.aborted && time.clock.nowMs() < untilMs;
  let stuck: readonly StuckThread[] | undefined;
  const asked = engine.call("shut-down", {}, { deadlineMs: patienceMs }).then(
    ({ left }) => left,
    // Gone: there is nothing to be stopped. Late: its thread does not answer.
    (error: unknown) => (isGone(error) ? [] : undefined),
  );
  const ask = async (): Promise<void> => {
    const rules = { deadlineMs: askStuckMs };
    stuck = await engine.call("stuck-threads", {}, rules).then(
      ({ threads }) => threads,
      () => undefined,
    );
  };
  let isAnswered = await within(closing, shutDownMs, asked, () => void ask());
  // Late without a thread in a disk call: the machine is busy, and there is nothing to give up.
  while (!isAnswered && isPatient()) {
    await ask();
    if (stuck !== undefined && stuck.length > 0) break;
    isAnswered = await within(closing, againMs, asked, () => void ask());
  }
  const left = isAnswered ? await asked : undefined;
  if (left === undefined) return await endAtOnce(closing, stuck);
  if (left.length > 0) {
    await isEnded(closing, { orderlyMs: 0, endMs: 0 });
    return left;
  }
  await ask();
  // None of its threads is in a disk call: its own ends as soon as the machine lets it.
  const ended = isEnded(closing, { orderlyMs: patienceMs, endMs: hurriedEndMs });
  return (await within(closing, patienceMs, ended)) && (await ended) ? [] : suspects(stuck);
}

/**
 * The engine's thread ends when all of its own have ended.
 *
 * @param stuck Threads that are in a disk call; undefined when the engine did not say.
 */
async function endAtOnce(
  closing: ClosingServices,
  stuck: readonly StuckThread[] | undefined,
): Promise<readonly StuckThread[]> {
  const endMs = stuck?.length === 0 ? busyEndMs : hurriedEndMs;
  if (await isEnded(closing, { orderlyMs: 0, endMs })) return [];
  return suspects(stuck);
}

function suspects(stuck: readonly StuckThread[] | undefined): readonly StuckThread[] {
  return stuck === undefined || stuck.length === 0 ? [{ thread: "engine" }] : stuck;
}

function isEnded(
  { root }: ClosingServices,
  limits: Parameters<Supervisor["stop"]>[0],
): Promise<boolean> {
  return root.stop(limits).then(
    () => true,
    () => false,
  );
}

/**
 * Whether `work` settles within `limitMs`, or within the shorter time of a caller in a hurry.
 *
 * @param beforeEnd Called when a hurried time is nearly over.
 */
async function within(
  { time: { timers }, hurry }: ClosingServices,
  limitMs: number,
  work: Promise<unknown>,
  beforeEnd?: () => void,
): Promise<boolean> {
  const hurried = Promise.withResolvers<false>();
  const onHurry = (): void => {
    timers.after(hurriedSavingMs - askStuckMs, () => beforeEnd?.());
    timers.after(hurriedSavingMs, () => hurried.resolve(false));
  };
  if (hurry.aborted) onHurry();
  else hurry.addEventListener("abort", onHurry, { once: true });
  try {
    return await Promise.race([settlesWithin(timers, limitMs, work), hurried.promise]);
  } finally {
    hurry.removeEventListener("abort", onHurry);
  }
}

async function settlesWithin(
  timers: Timers,
  limitMs: number,
  work: Promise<unknown>,
): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = timers.after(limitMs, () => late.resolve(false));
  const settled = work.then(
    () => true,
    () => true,
  );
  return await Promise.race([settled, late.promise]).finally(() => timer.cancel());
}
