// The announces of a torrent to one tracker over one address family: events sent, results, and the time of the next.

import type { AnnounceEvent, AnnounceReply } from "@troupe/protocol/tracker";

const firstRetryMs = 5_000;
/** First wait after a refusal. Trackers learn of a new torrent within a minute. */
const firstRefusedMs = 15_000;
const longestRetryMs = 300_000;
/** Least time between announces where the tracker names no `min interval`. */
const usualMinIntervalMs = 60_000;
/** Failures by which the tracker answers that it does not want the announce. */
const refusals: ReadonlySet<string> = new Set(["tracker-refused", "tracker-status"]);
/** Part of the interval by which a regular announce comes earlier or later. */
const spread = 0.1;

/** State of one tracker in one address family. */
export interface AnnounceState {
  /** `starting`: `started` was sent, and the tracker may know us. `started`: it replied. */
  readonly presence: "unknown" | "starting" | "started";
  /** Progress of the event `completed`. */
  readonly completed: "no" | "due" | "sent";
  /** `missing`: the tracker or this machine has no address of the family. */
  readonly outcome: "none" | "working" | "failed" | "missing";
  /** Failed announces in a row. */
  readonly failures: number;
  /** Time of the next announce. */
  readonly dueAtMs: number;
  /** No announce comes earlier, but for events. Infinity: the tracker wants no further announce. */
  readonly earliestAtMs: number;
  /** No round asks the tracker earlier after a failure. */
  readonly retryAtMs: number;
  /** Time of the next announce while a download has no peers: that of `min interval` where the tracker names it. */
  readonly forPeersAtMs: number;
  readonly error: string | undefined;
  readonly errorCode: string | undefined;
  /** Counts in the last reply. */
  readonly counts: ReplyCounts;
  /** Sent back with each announce. */
  readonly trackerId: string | undefined;
}

/** The counts of a reply. */
interface ReplyCounts extends Pick<AnnounceReply, "complete" | "incomplete"> {
  /** Addresses in the reply. */
  readonly peers: number;
}

/** A change of the state. `chance` is random, from 0 to 1. */
export type AnnounceChange =
  /** The torrent starts. */
  | { readonly change: "begin"; readonly nowMs: number }
  | { readonly change: "send"; readonly event: AnnounceEvent | undefined }
  | {
      readonly change: "reply";
      readonly event: AnnounceEvent | undefined;
      readonly reply: AnnounceReply;
      readonly nowMs: number;
      readonly chance: number;
    }
  | {
      readonly change: "failure";
      readonly failure: AnnounceFailure;
      readonly nowMs: number;
      readonly chance: number;
    }
  /** The tracker knows another port of ours. */
  | { readonly change: "port" }
  /** Our address has changed, or the network is back. */
  | { readonly change: "network"; readonly nowMs: number }
  /** The user wants an announce. */
  | { readonly change: "request"; readonly nowMs: number }
  /** The download is complete. */
  | { readonly change: "complete" }
  /** `stopped` is sent. */
  | { readonly change: "stop" };

/** A failed announce. */
export interface AnnounceFailure {
  readonly code: string;
  readonly message: string;
  /** The tracker may have received it. */
  readonly mayHaveArrived: boolean;
  readonly isFamilyMissing: boolean;
  /** The tracker would refuse over its other address family too. */
  readonly isRefusal?: true;
  /** The tracker's own wish (BEP 31, `interval`, `Retry-After`); Infinity for never. */
  readonly retryInSeconds: number | undefined;
}

/** Before the first start. */
export const initialState: AnnounceState = {
  presence: "unknown",
  completed: "no",
  outcome: "none",
  failures: 0,
  dueAtMs: 0,
  earliestAtMs: 0,
  retryAtMs: 0,
  forPeersAtMs: 0,
  error: undefined,
  errorCode: undefined,
  counts: { peers: 0 },
  trackerId: undefined,
};

/** The state after a change. */
export function nextState(state: AnnounceState, change: AnnounceChange): AnnounceState {
  switch (change.change) {
    case "begin":
      return {
        ...state,
        ...{ presence: "unknown", completed: "no", failures: 0 },
        ...{ dueAtMs: change.nowMs, earliestAtMs: change.nowMs, retryAtMs: change.nowMs },
      };
    case "send":
      return change.event === "started" ? { ...state, presence: "starting" } : state;
    case "reply":
      return afterReply(state, change);
    case "failure":
      return afterFailure(state, change);
    case "port":
      if (state.outcome !== "working") return state;
      return { ...state, dueAtMs: Math.min(state.dueAtMs, state.earliestAtMs) };
    case "network":
      return afterNetworkChange(state, change.nowMs);
    case "request":
      if (state.earliestAtMs > change.nowMs) return state;
      return {
        ...state,
        // A missing family is tried with the announce over the other one.
        dueAtMs: state.outcome === "missing" ? Infinity : Math.min(state.dueAtMs, change.nowMs),
        retryAtMs: Math.min(state.retryAtMs, change.nowMs),
      };
    case "complete":
      // A tracker that hears of us later gets `started` with nothing left.
      return state.presence === "unknown" ? state : { ...state, completed: "due" };
    case "stop":
      return { ...state, presence: "unknown", completed: "no" };
  }
}

/** Least times between announces are for peers that the tracker finds where it last saw them. Its wish after a failure holds. */
function afterNetworkChange(state: AnnounceState, nowMs: number): AnnounceState {
  const isWorking = state.outcome === "working";
  const earliestAtMs = isWorking ? Math.min(state.earliestAtMs, nowMs) : state.earliestAtMs;
  const soonestMs = Math.max(nowMs, earliestAtMs);
  const dueAtMs = Math.min(state.dueAtMs, soonestMs);
  const retryAtMs = Math.min(state.retryAtMs, soonestMs);
  return { ...state, failures: 0, earliestAtMs, dueAtMs, retryAtMs };
}

/** The tracker wants no announce before this time: by its own wish, or because it has refused. */
export function wantedAtMs({ earliestAtMs, errorCode = "", retryAtMs }: AnnounceState): number {
  return refusals.has(errorCode) ? retryAtMs : earliestAtMs;
}

/** The event of the next announce. */
export function dueEvent({ presence, completed }: AnnounceState): AnnounceEvent | undefined {
  if (presence !== "started") return "started";
  return completed === "due" ? "completed" : undefined;
}

/** @param isHungry A download has no peers: the `min interval` counts where the tracker names it. */
export function dueTime(state: AnnounceState, isHungry: boolean): number {
  const { dueAtMs, failures, forPeersAtMs, outcome } = state;
  if (outcome !== "working") return dueAtMs;
  const isCompletedDue = dueEvent(state) === "completed" && failures === 0;
  if (isCompletedDue) return 0;
  return isHungry ? Math.min(forPeersAtMs, dueAtMs) : dueAtMs;
}

function afterReply(
  state: AnnounceState,
  { event, reply, nowMs, chance }: Extract<AnnounceChange, { change: "reply" }>,
): AnnounceState {
  const intervalMs = reply.intervalSeconds * 1_000;
  const minIntervalMs = reply.minIntervalSeconds && reply.minIntervalSeconds * 1_000;
  const soonestMs = Math.max((1 - spread) * intervalMs, minIntervalMs ?? 0);
  const latestMs = Math.max((1 + spread) * intervalMs, soonestMs);
  const { complete, incomplete, peers } = reply;
  const dueAtMs = nowMs + soonestMs + chance * (latestMs - soonestMs);
  const earliestAtMs = nowMs + (minIntervalMs ?? Math.min(intervalMs, usualMinIntervalMs));
  return {
    presence: event === "started" ? "started" : state.presence,
    completed: event === "completed" ? "sent" : state.completed,
    outcome: "working",
    failures: 0,
    dueAtMs,
    earliestAtMs,
    retryAtMs: nowMs,
    forPeersAtMs: minIntervalMs === undefined ? dueAtMs : earliestAtMs,
    error: undefined,
    errorCode: undefined,
    counts: {
      peers: peers.length,
      ...(complete !== undefined && { complete }),
      ...(incomplete !== undefined && { incomplete }),
    },
    trackerId: reply.trackerId ?? state.trackerId,
  };
}

function afterFailure(
  state: AnnounceState,
  { failure, nowMs, chance }: Extract<AnnounceChange, { change: "failure" }>,
): AnnounceState {
  const { code, isFamilyMissing, mayHaveArrived, message, retryInSeconds } = failure;
  const failures = state.failures + 1;
  const wantedMs = retryInSeconds === undefined ? 0 : retryInSeconds * 1_000;
  const ownMs = refusals.has(code)
    ? refusedDelayMs(failures, chance)
    : retryDelayMs(failures, chance);
  const retryAtMs = nowMs + Math.max(wantedMs, ownMs);
  const isUnheard = state.presence === "starting" && !mayHaveArrived;
  return {
    ...state,
    ...(isUnheard && { presence: "unknown", completed: "no" }),
    outcome: isFamilyMissing ? "missing" : "failed",
    failures,
    // A missing family is tried with the next announce over the other one.
    dueAtMs: isFamilyMissing ? Infinity : retryAtMs,
    earliestAtMs: nowMs + wantedMs,
    retryAtMs,
    error: message,
    errorCode: code,
  };
}

/** 15 s, doubling to 5 min, and up to a quarter more. */
function refusedDelayMs(failures: number, chance: number): number {
  const delayMs = Math.min(firstRefusedMs * 2 ** Math.min(10, failures - 1), longestRetryMs);
  return delayMs * (1 + chance / 4);
}

/** 5 s, doubling to 5 min, ± a quarter. */
export function retryDelayMs(failures: number, chance: number): number {
  const delayMs = Math.min(firstRetryMs * 2 ** Math.min(10, failures - 1), longestRetryMs);
  return delayMs * (0.75 + 0.5 * chance);
}
