// The life of a torrent in its engine. No other event changes the state:
//
//   stopped             start → starting, metadata
//   metadata            metadata-complete → starting
//   starting            check-begun → checking; opened → active
//   checking            opened → active
//   active              writes-held → waiting-for-disk
//   waiting-for-disk    writes-taken → active
//   stopping            closed → stopped, queued, failed, waiting-for-folder, waiting-for-answer, starting, metadata
//   queued              admitted → starting, metadata
//   failed              start → starting, metadata
//   waiting-for-folder  start, folder-usable, disk-answered → starting, metadata
//   waiting-for-answer  start, disk-answered → starting, metadata
//   each but stopped    stop, close → stopping
//   each open           queued, failed, folder-refused → stopping
//   starting, active, waiting-for-disk   disk-silent → stopping
//
// In `stopped`, `queued`, `failed`, `waiting-for-folder` and `waiting-for-answer` the torrent is at rest: nothing of it
// is open. A run begins only at rest, and only `stopping` leads there, so no two runs are ever open. A start during
// `stopping` takes effect when everything is closed. A start leads to `metadata` while the content is unknown. A
// `queued` torrent is started: the queue of the engine admits it.

import type { TorrentFault, TorrentState } from "@troupe/messages";
import { noWish, type Wish } from "../../wish.ts";
import type { HeldPieces } from "./events.ts";

/** The activity of a torrent. */
export type Run = Open | Stopping | AtRest;

/** Files or connections may be open. */
type Open =
  /** Peers are asked for the metadata. */
  | { readonly state: "metadata" }
  /** `isChecked`: the piece map shows what is on the disk. */
  | {
      readonly state: "starting" | "checking";
      readonly isChecked: boolean;
      /** Absent: the torrent asks the queue for a place after its check. */
      readonly admission?: Admission | undefined;
    }
  | Transfer;

/** The torrent has a place in the queue. */
export interface Admission {
  /** The completion was reported to the user. */
  readonly isReportedComplete: boolean;
}

/** Peers are connected and pieces may move. */
type Transfer =
  /** `held`: pieces to be retried after an I/O error. */
  | ({ readonly state: "active"; readonly held: HeldPieces | undefined } & TransferState)
  /** Uploads continue; no piece is leased. */
  | ({
      readonly state: "waiting-for-disk";
      readonly held: HeldPieces;
      readonly fault: TorrentFault;
    } & TransferState);

/** The state of a transfer. */
export interface TransferState {
  /** Monotonic. */
  readonly sinceMs: number;
  /** Moves between the part file and the files under way. */
  readonly settling: number;
  readonly announced: Completion;
}

/** How far the completion has been reported. */
interface Completion {
  /** All wanted pieces are had. */
  readonly toUser: boolean;
  /** Every piece is had. Never of a torrent that was whole at its start. */
  readonly toTrackers: boolean;
}

/** The run is being closed. */
interface Stopping {
  readonly state: "stopping";
  readonly next: "rest" | "start";
  readonly rest: AtRest;
}

/** Nothing is open. `isChecked`: as at the end of the last run. */
export type AtRest = Rest & { readonly isChecked: boolean };

/** The kinds of rest. */
export type Rest =
  /** `fault`: of the last run, if a fault had ended it before the stop. */
  | { readonly state: "stopped"; readonly fault: TorrentFault | undefined }
  /** The queue of the engine has no place for the torrent. */
  | ({ readonly state: "queued"; readonly fault: undefined } & Admission)
  /** Looked at every few seconds. */
  | { readonly state: "waiting-for-folder"; readonly fault: TorrentFault }
  /** A disk call hangs. */
  | { readonly state: "waiting-for-answer"; readonly fault: TorrentFault }
  | { readonly state: "failed"; readonly fault: TorrentFault };

/** A run and the wish for it. */
export interface Lifecycle {
  readonly run: Run;
  readonly wish: Wish;
  readonly runs: number;
  readonly hasContent: boolean;
}

/** A torrent that was added and not started. */
export function newLifecycle(hasContent: boolean): Lifecycle {
  return {
    run: { state: "stopped", fault: undefined, isChecked: false },
    wish: noWish,
    runs: 0,
    hasContent,
  };
}

/** The state that the user sees. */
export function publicState({ run, wish }: Pick<Lifecycle, "run" | "wish">): TorrentState {
  switch (run.state) {
    case "stopped":
    case "metadata":
    case "starting":
    case "checking":
      return run.state;
    case "active":
      return wish.paused ? "paused" : "active";
    case "stopping":
      if (run.rest.state === "stopped") return "stopping";
      return publicState({ run: run.rest, wish });
    case "queued":
      return wish.paused ? "paused" : "queued";
    case "waiting-for-disk":
    case "waiting-for-folder":
    case "waiting-for-answer":
    case "failed":
      return "error";
  }
}

/** The fault that keeps the torrent from running, or that ended its last run. */
export function faultOf(run: Run): TorrentFault | undefined {
  if (run.state === "stopping") return run.rest.fault;
  return "fault" in run ? run.fault : undefined;
}

/** Peers are connected and pieces may move. */
export function isTransferring(run: Run): run is Transfer {
  return run.state === "active" || run.state === "waiting-for-disk";
}

/** Peers may be connected, and the engine looks for more. */
export function isInSwarm(run: Run): boolean {
  return run.state === "metadata" || isTransferring(run);
}

/** The present rest, or the rest after closing. */
export function restOf(run: Run): AtRest | undefined {
  if (run.state === "stopping") return run.rest;
  return isAtRest(run) ? run : undefined;
}

/** Nothing is open. */
export function isAtRest(run: Run): run is AtRest {
  return run.state !== "stopping" && !isOpen(run);
}

/** Files or connections may be open, and nothing is being closed. */
export function isOpen(run: Run): run is Open {
  return (
    run.state === "metadata" ||
    run.state === "starting" ||
    run.state === "checking" ||
    isTransferring(run)
  );
}

/** The torrent waits in the queue, or will once it is closed. */
export function isQueued(run: Run): boolean {
  return restOf(run)?.state === "queued";
}

/** The torrent has a place in the queue, or waits for a place. */
export function isInQueue(run: Run): boolean {
  const isAdmitted = "admission" in run && run.admission !== undefined;
  return isAdmitted || isQueued(run) || isInSwarm(run);
}

/** Whether the completion was reported to the user. */
export function isReportedComplete(run: Open): boolean {
  if (isTransferring(run)) return run.announced.toUser;
  return run.state !== "metadata" && run.admission?.isReportedComplete === true;
}

/** The piece map shows what is on the disk, or was at the end of the last run. */
export function isChecked(run: Run): boolean {
  if (run.state === "stopping") return run.rest.isChecked;
  return isTransferring(run) || ("isChecked" in run && run.isChecked);
}

/** Part of the completion is not reported yet. */
export function isCompletionNews(run: Run, isSeed: boolean): boolean {
  if (!isTransferring(run)) return false;
  const { toUser, toTrackers } = run.announced;
  return !toUser || (isSeed && !toTrackers);
}
