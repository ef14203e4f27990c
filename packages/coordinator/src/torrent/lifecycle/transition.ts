import type { TorrentFault } from "@troupe/messages";
import { silentDiskCode } from "../../silent-disk.ts";
import type { DiskEvent, HeldPieces, LifecycleEffect, LifecycleEvent, RunEvent } from "./events.ts";
import {
  faultOf,
  isAtRest,
  isChecked,
  isOpen,
  isQueued,
  isReportedComplete,
  isTransferring,
  publicState,
  restOf,
  type Admission,
  type AtRest,
  type Lifecycle,
  type Rest,
  type Run,
  type TransferState,
} from "./run.ts";

/** The life after an event, and the event's effects. */
interface Step {
  readonly life: Lifecycle;
  /** Carried out in this order. */
  readonly effects: readonly LifecycleEffect[];
}

/** How a run begins. */
interface Opening {
  readonly device?: bigint | undefined;
  readonly admission?: Admission | undefined;
}

type Failed = Exclude<Rest, { readonly state: "queued" | "stopped" }>;

/**
 * The only function that changes the life of a torrent; run.ts draws its table. An event without a meaning in the
 * present state changes nothing.
 */
export function transition(life: Lifecycle, event: LifecycleEvent): Step {
  switch (event.event) {
    case "start":
      return startByUser(life, event.device);
    case "pause":
      return setPaused(life, true);
    case "stop":
      return stop({ ...life, wish: { ...life.wish, run: false } });
    case "close":
      return stop(life);
    case "queued":
      return enqueue(life, event.isComplete);
    case "admitted":
      return admit(life);
    case "failed":
      return fail(life, unwatched(event.fault));
    case "folder-refused":
      return refuseFolder(life, event);
    case "disk-silent":
      return needsDisk(life.run, event.disk) ? fail(life, unwatched(event.fault)) : quietly(life);
    case "folder-usable":
      return restOf(life.run)?.state === "waiting-for-folder" ? startAgain(life) : quietly(life);
    case "disk-answered":
      return diskAnswered(life);
    case "writes-held":
      return holdWrites(life, event.held, event.fault);
    case "writes-taken":
      return takeWrites(life);
    case "some-missing":
      return withTransfer(life, ({ announced }) => ({
        announced: { ...announced, toUser: false },
      }));
    case "closed":
      return comeToRest(life);
    case "metadata-complete":
      return learnContent({ ...life, hasContent: true });
    default:
      return event.run === life.runs ? continueRun(life, event) : quietly(life);
  }
}

function continueRun(life: Lifecycle, event: RunEvent): Step {
  const { run } = life;
  switch (event.event) {
    case "check-begun":
      if (run.state !== "starting") return quietly(life);
      return aloud({ ...life, run: { ...run, state: "checking" } });
    case "checked":
      if (run.state !== "starting" && run.state !== "checking") return quietly(life);
      return quietly({ ...life, run: { ...run, isChecked: true } });
    case "opened":
      return beginTransfer(life, event);
    case "settle-begun":
      return withTransfer(life, ({ settling }) => ({ settling: settling + 1 }));
    case "settle-ended":
      return withTransfer(life, ({ settling }) => ({ settling: settling - 1 }));
    case "all-had":
      return announceCompletion(life, event);
  }
}

function startByUser(before: Lifecycle, device: bigint | undefined): Step {
  const { life: resumed, effects } = setPaused(before, false);
  const life = { ...resumed, wish: { ...resumed.wish, run: true } };
  // The queue decides when the torrent runs.
  if (isQueued(life.run)) return { life, effects };
  if (!isTransferring(life.run)) return startAgain(life, { device });
  return life.run.held === undefined
    ? { life, effects }
    : { life, effects: [...effects, { effect: "retry-write" }] };
}

/** For a stopping torrent, once it is closed. */
function startAgain(life: Lifecycle, opening: Opening = {}): Step {
  const { run } = life;
  if (run.state === "stopping") return quietly({ ...life, run: { ...run, next: "start" } });
  if (!isAtRest(run)) return quietly(life);
  const next: Lifecycle = { ...life, runs: life.runs + 1 };
  const { life: begun, effects } = life.hasContent ? openFiles(next, opening) : seekMetadata(next);
  return { life: begun, effects: [...leaving(run), ...effects] };
}

function seekMetadata(before: Lifecycle): Step {
  const life: Lifecycle = { ...before, run: { state: "metadata" } };
  return { life, effects: [stateOf(life), { effect: "seek-metadata" }] };
}

/** Outside of the state `metadata` the next start opens the files. */
function learnContent(life: Lifecycle): Step {
  if (life.run.state !== "metadata") return quietly(life);
  return openFiles(life, { admission: { isReportedComplete: false } });
}

function openFiles(before: Lifecycle, { device, admission }: Opening): Step {
  const life: Lifecycle = { ...before, run: { state: "starting", isChecked: false, admission } };
  const open: LifecycleEffect = { effect: "open-files", run: life.runs, device };
  const isNews = publicState(before) !== publicState(life);
  return { life, effects: isNews ? [stateOf(life), open] : [open] };
}

function setPaused(before: Lifecycle, paused: boolean): Step {
  const life = { ...before, wish: { ...before.wish, paused } };
  if (before.wish.paused === paused) return quietly(life);
  if (isQueued(life.run)) return aloud(life);
  if (!isTransferring(life.run)) return quietly(life);
  const pausing: LifecycleEffect = { effect: "pause-peers", isPaused: paused };
  // `waiting-for-disk` is shown as an error, paused or not.
  return { life, effects: life.run.state === "active" ? [stateOf(life), pausing] : [pausing] };
}

function stop(life: Lifecycle): Step {
  const { run } = life;
  if (run.state === "stopped") return quietly(life);
  const stopped: Rest = { state: "stopped", fault: faultOf(run) };
  if (run.state !== "stopping") return close(life, stopped);
  const rest: AtRest = { ...stopped, isChecked: run.rest.isChecked };
  const next: Lifecycle = { ...life, run: { state: "stopping", next: "rest", rest } };
  if (run.rest.state === "stopped") return quietly(next);
  return { life: next, effects: [...leaving(run.rest), stateOf(next)] };
}

/** A torrent that has not joined the swarm reports its completion now. */
function enqueue(before: Lifecycle, isComplete: boolean): Step {
  const { run } = before;
  if (!isOpen(run)) return quietly(before);
  const wasReported = isReportedComplete(run);
  const rest: Rest = {
    state: "queued",
    fault: undefined,
    isReportedComplete: wasReported || isComplete,
  };
  const { life, effects } = close(before, rest);
  if (wasReported || !isComplete) return { life, effects };
  return { life, effects: [{ effect: "emit-complete", seconds: 0 }, ...effects] };
}

function admit(life: Lifecycle): Step {
  const { run, wish } = life;
  if (run.state === "starting" || run.state === "checking") {
    const admission = run.admission ?? { isReportedComplete: false };
    return quietly({ ...life, run: { ...run, admission } });
  }
  if (run.state !== "queued" || wish.paused) return quietly(life);
  return startAgain(life, { admission: { isReportedComplete: run.isReportedComplete } });
}

/** Only an open torrent fails: at rest, and while stopping, the first reason counts. */
function fail(life: Lifecycle, rest: Failed): Step {
  return isOpen(life.run) ? close(life, rest) : quietly(life);
}

/** A new refusal restarts the pause of the watch. */
function refuseFolder(
  life: Lifecycle,
  { fault, isWatched }: Extract<DiskEvent, { readonly event: "folder-refused" }>,
): Step {
  if (!isWatched) return fail(life, unwatched(fault));
  if (restOf(life.run)?.state !== "waiting-for-folder") return fail(life, watched(fault));
  return { life, effects: [{ effect: "leave-folder" }, { effect: "watch-folder" }] };
}

function close(before: Lifecycle, ending: Rest): Step {
  const { run } = before;
  const rest: AtRest = { ...ending, isChecked: isChecked(run) };
  const life: Lifecycle = { ...before, run: { state: "stopping", next: "rest", rest } };
  const reported: readonly LifecycleEffect[] =
    rest.state === "stopped" || rest.state === "queued"
      ? [stateOf(life)]
      : [stateOf(life), { effect: "emit-error", fault: rest.fault }, { effect: "flush-events" }];
  const closed: LifecycleEffect = {
    effect: "close",
    held: isTransferring(run) ? run.held : undefined,
    // At rest the record was renewed when the run was closed.
    isChecked: isOpen(run) && isChecked(run),
    isOrderly: rest.fault === undefined,
  };
  const watch: readonly LifecycleEffect[] =
    rest.state === "waiting-for-folder" ? [{ effect: "watch-folder" }] : [];
  return { life, effects: [...leaving(run), ...reported, closed, ...watch] };
}

function comeToRest(life: Lifecycle): Step {
  const { run } = life;
  if (run.state !== "stopping") return quietly(life);
  const resting: Lifecycle = { ...life, run: run.rest };
  const reported: readonly LifecycleEffect[] =
    run.rest.state === "stopped" ? [stateOf(resting), { effect: "flush-events" }] : [];
  const { life: next, effects } = run.next === "start" ? startAgain(resting) : quietly(resting);
  return { life: next, effects: [{ effect: "emit-last-progress" }, ...reported, ...effects] };
}

function beginTransfer(
  before: Lifecycle,
  { isWhole, nowMs }: Extract<RunEvent, { readonly event: "opened" }>,
): Step {
  const { run } = before;
  if (run.state !== "starting" && run.state !== "checking") return quietly(before);
  const announced = { toUser: isReportedComplete(run), toTrackers: isWhole };
  const transfer = { sinceMs: nowMs, settling: 0, announced, held: undefined };
  const life: Lifecycle = { ...before, run: { state: "active", ...transfer } };
  return { life, effects: [stateOf(life), { effect: "join-swarm" }] };
}

function announceCompletion(
  life: Lifecycle,
  { isSeed, nowMs }: Extract<RunEvent, { readonly event: "all-had" }>,
): Step {
  const { run } = life;
  // The end of the move out of the part file reports the completion.
  if (!isTransferring(run) || run.settling > 0) return quietly(life);
  const { toUser, toTrackers } = run.announced;
  const effects: LifecycleEffect[] = [];
  if (isSeed && !toTrackers) effects.push({ effect: "announce-completed" });
  if (!toUser) effects.push({ effect: "emit-complete", seconds: (nowMs - run.sinceMs) / 1000 });
  const announced = { toUser: true, toTrackers: toTrackers || isSeed };
  return { life: { ...life, run: { ...run, announced } }, effects };
}

function holdWrites(before: Lifecycle, held: HeldPieces, fault: TorrentFault | undefined): Step {
  const { run } = before;
  if (run.state !== "active" || run.held !== undefined) return quietly(before);
  if (fault === undefined) return quietly({ ...before, run: { ...run, held } });
  return aloud({ ...before, run: { ...run, state: "waiting-for-disk", held, fault } });
}

function takeWrites(before: Lifecycle): Step {
  const { run } = before;
  if (!isTransferring(run) || run.held === undefined) return quietly(before);
  const { held, sinceMs, settling, announced } = run;
  const transfer = { sinceMs, settling, announced, held: undefined };
  const life: Lifecycle = { ...before, run: { state: "active", ...transfer } };
  const write: LifecycleEffect = { effect: "write-held", held };
  return { life, effects: run.state === "active" ? [write] : [stateOf(life), write] };
}

/** The results of calls under way when the disk fell silent are unknown, so the start hashes the files again. */
function diskAnswered(life: Lifecycle): Step {
  const { run } = life;
  if (faultOf(run)?.code !== silentDiskCode) return quietly(life);
  if (run.state === "waiting-for-disk") return { life, effects: [{ effect: "retry-write" }] };
  return restOf(run)?.state === "stopped" ? quietly(life) : startAgain(life);
}

function needsDisk(run: Run, disk: "data" | "records"): boolean {
  return run.state === "starting" || (disk === "data" && isTransferring(run));
}

function watched(fault: TorrentFault): Failed {
  return { state: "waiting-for-folder", fault };
}

function unwatched(fault: TorrentFault): Failed {
  return { state: fault.code === silentDiskCode ? "waiting-for-answer" : "failed", fault };
}

function leaving(run: Run): readonly LifecycleEffect[] {
  return run.state === "waiting-for-folder" ? [{ effect: "leave-folder" }] : [];
}

function withTransfer(
  life: Lifecycle,
  change: (transfer: TransferState) => Partial<TransferState>,
): Step {
  const { run } = life;
  return quietly(isTransferring(run) ? { ...life, run: { ...run, ...change(run) } } : life);
}

function stateOf(life: Lifecycle): LifecycleEffect {
  const state = publicState(life);
  const fault = state === "error" ? faultOf(life.run) : undefined;
  return { effect: "emit-state", state, ...(fault !== undefined && { fault }) };
}

function quietly(life: Lifecycle): Step {
  return { life, effects: [] };
}

function aloud(life: Lifecycle): Step {
  return { life, effects: [stateOf(life)] };
}
