// The close of a coordinator: within 5 s even if a disk does not answer. Saving gets 3 s, or 0.3 s from a caller's hurry.
// Threads that are stuck in a disk call are left behind and named: only the end of the process ends them.

import {
  settlesWithin,
  type Clock,
  type PatientRef,
  type Supervisor,
  type Timers,
} from "@troupe/actor-runtime";
import { isGone } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import type { ApiProtocol, StuckThread } from "@troupe/messages";

/** The engine's own limits, and its answer. */
const shutDownMs = 4_100;
/** For an engine that is late although no thread is stuck: the machine is busy. */
const patienceMs = 15_000;
/** Between two questions to it. */
const againMs = 500;
/** For the writes of this thread in the state folder. */
const savedTorrentsMs = 3_000;
/** In a hurry: for saving, and for threads to end. */
const hurriedSavingMs = 300;
const hurriedEndMs = 80;
/** Without a known stuck thread: the machine is busy. */
const busyEndMs = 1_500;
/** The last part of a hurried saving: for the names of stuck threads. */
const askStuckMs = 150;
const releaseMs = 1_000;

/** The parts of a coordinator that end. */
export interface ClosingServices {
  readonly engine: Pick<PatientRef<ApiProtocol>, "call">;
  readonly root: Pick<Supervisor, "stop">;
  readonly time: { readonly clock: Clock; readonly timers: Timers };
  readonly savedTorrents: { readonly directory: string | undefined; settled(): Promise<void> };
  readonly torrents: { end(areFree: boolean): Promise<void> };
  readonly locks: { close(hurry: AbortSignal): Promise<readonly StuckThread[]> };
  readonly hurry: AbortSignal;
}

/** @throws rejects with TroupeError `disk-not-answering` when threads are left behind. */
export async function closeEngine(closing: ClosingServices): Promise<void> {
  const { savedTorrents, torrents, locks } = closing;
  const copied = within(closing, savedTorrentsMs, savedTorrents.settled());
  const left = [...(await endEngine(closing))];
  if (!(await copied))
    left.push({ thread: "the thread pool of Node", folder: savedTorrents.directory ?? "" });
  // Threads left behind may write: torrents stay locked.
  await within(closing, releaseMs, torrents.end(left.length === 0));
  if (left.length === 0) left.push(...(await locks.close(closing.hurry)));
  if (left.length > 0) throw notAnswering(left);
}

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
    // Gone: nothing is left to stop.
    (error: unknown) => (isGone(error) ? [] : undefined),
  );
  const ask = async (deadlineMs: number): Promise<void> => {
    stuck = await engine.call("stuck-threads", {}, { deadlineMs }).then(
      ({ threads }) => threads,
      () => undefined,
    );
  };
  // An answer counts until the threads should have ended.
  const askBeforeEnd = (): void => void ask(busyEndMs);
  let isAnswered = await within(closing, shutDownMs, asked, askBeforeEnd);
  // Late without a stuck thread: the machine is busy, and saving continues.
  while (!isAnswered && isPatient()) {
    await ask(askStuckMs);
    if (stuck !== undefined && stuck.length > 0) break;
    isAnswered = await within(closing, againMs, asked, askBeforeEnd);
  }
  const left = isAnswered ? await asked : undefined;
  if (left === undefined) {
    const endMs = areAnyStuck(stuck) ? hurriedEndMs : busyEndMs;
    return (await isEnded(closing, { orderlyMs: 0, endMs })) ? [] : suspects(stuck);
  }
  if (left.length > 0) {
    await isEnded(closing, { orderlyMs: 0, endMs: 0 });
    return left;
  }
  await ask(askStuckMs);
  // No thread is stuck: only a busy machine delays the end.
  const ended = isEnded(closing, { orderlyMs: patienceMs, endMs: hurriedEndMs });
  const isInTime =
    (await within(closing, patienceMs, ended)) ||
    (!areAnyStuck(stuck) && (await settlesWithin(time.timers, busyEndMs, ended)));
  return isInTime && (await ended) ? [] : suspects(stuck);
}

/** @param stuck Undefined if the engine did not answer: its thread makes no disk call that could hang. */
function areAnyStuck(stuck: readonly StuckThread[] | undefined): boolean {
  return stuck !== undefined && stuck.length > 0;
}

/** @param stuck Undefined if the engine did not answer. */
function suspects(stuck: readonly StuckThread[] | undefined): readonly StuckThread[] {
  return stuck === undefined || stuck.length === 0 ? [{ thread: "engine" }] : stuck;
}

/** Whether the engine's thread has ended, which it does after all of its own threads. */
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
 * Whether `work` settles within `limitMs`, or within 0.3 s of a caller in a hurry.
 *
 * @param beforeEnd Called 150 ms before the hurried end.
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
