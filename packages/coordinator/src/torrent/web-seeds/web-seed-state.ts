// The life of a web seed in its engine. No other event changes the state:
//
//   idle      opened → open
//   open      released → idle; failed → resting
//   resting   rested, run-begun → idle
//   each      piece-failed (the second) → off; turned-off → off
//   off       run-begun → idle, if only for files that the server lacked
//
// Otherwise `off` lasts as long as the engine has the torrent.

import type { TorrentFault } from "@troupe/messages";

/** The first rest after a failure; it doubles with each failure in a row. */
const firstRestMs = 30_000;
/** First rest while the torrent has no other source. */
const firstRestAloneMs = 2_000;
/** The longest rest without a wish of the server. */
const longestRestMs = 1_800_000;
/** Bounds of `Retry-After`. */
const retryAfterMs = { least: 5_000, most: 3_600_000 } as const;
/** Pieces with wrong data; the last of them turns the web seed off. */
const mostBadPieces = 2;

/** The activity of a web seed. */
type WebSeedActivity =
  /** It may be opened. */
  | { readonly state: "idle" }
  /** From `open-web-seed` to `web-seed-closed`. */
  | { readonly state: "open"; readonly worker: number; readonly opening: number }
  | { readonly state: "resting"; readonly untilMs: number; readonly fault: TorrentFault }
  | { readonly state: "off"; readonly fault: TorrentFault };

/** The activity, and the counts that it follows from. */
export interface WebSeedState {
  readonly activity: WebSeedActivity;
  /** In a row. */
  readonly failures: number;
  readonly badPieces: number;
}

/** An input of {@link webSeedTransition}. */
export type WebSeedEvent =
  | { readonly event: "opened"; readonly worker: number; readonly opening: number }
  /** The engine closed it, its worker ended, or the server lacks a file. */
  | { readonly event: "released" }
  | {
      readonly event: "failed";
      readonly fault: TorrentFault;
      readonly retryAfterMs: number | undefined;
      /** The torrent has no other source. */
      readonly isAlone: boolean;
      readonly nowMs: number;
    }
  | { readonly event: "rested"; readonly nowMs: number }
  | { readonly event: "run-begun" }
  | { readonly event: "piece-passed" }
  | { readonly event: "piece-failed" }
  | { readonly event: "turned-off"; readonly fault: TorrentFault };

/** A web seed that was never opened. */
export const newWebSeed: WebSeedState = {
  activity: { state: "idle" },
  failures: 0,
  badPieces: 0,
};

/** @returns The state after the event; the same object when nothing changes. */
export function webSeedTransition(before: WebSeedState, event: WebSeedEvent): WebSeedState {
  const { activity, failures } = before;
  switch (event.event) {
    case "opened": {
      const { worker, opening } = event;
      return activity.state === "idle"
        ? { ...before, activity: { state: "open", worker, opening } }
        : before;
    }
    case "released":
      return activity.state === "open" ? { ...before, activity: { state: "idle" } } : before;
    case "failed":
      return activity.state === "open" ? rest(before, event) : before;
    case "rested":
      return activity.state === "resting" && event.nowMs >= activity.untilMs
        ? { ...before, activity: { state: "idle" } }
        : before;
    case "run-begun":
      return activity.state === "resting" || isWithoutFiles(activity)
        ? { ...before, activity: { state: "idle" }, failures: 0 }
        : before;
    case "piece-passed":
      return failures === 0 ? before : { ...before, failures: 0 };
    case "piece-failed":
      return strike(before);
    case "turned-off":
      return { ...before, activity: { state: "off", fault: event.fault } };
  }
}

/** Its server may have them by now. */
function isWithoutFiles(activity: WebSeedActivity): boolean {
  return activity.state === "off" && activity.fault.code === "files-missing";
}

function rest(
  before: WebSeedState,
  {
    fault,
    isAlone,
    retryAfterMs: asked,
    nowMs,
  }: Extract<WebSeedEvent, { readonly event: "failed" }>,
): WebSeedState {
  const restMs =
    asked === undefined
      ? restAfter(before.failures, isAlone)
      : Math.min(Math.max(asked, retryAfterMs.least), retryAfterMs.most);
  const activity = { state: "resting", untilMs: nowMs + restMs, fault } as const;
  return { ...before, activity, failures: before.failures + 1 };
}

/** @param failures Before this failure, in a row. @param isAlone The torrent has no other source. */
export function restAfter(failures: number, isAlone: boolean): number {
  return Math.min((isAlone ? firstRestAloneMs : firstRestMs) * 2 ** failures, longestRestMs);
}

function strike(before: WebSeedState): WebSeedState {
  const badPieces = before.badPieces + 1;
  if (badPieces < mostBadPieces || before.activity.state === "off") return { ...before, badPieces };
  const fault = { code: "bad-piece", message: `it sent wrong data for ${badPieces} pieces` };
  return { ...before, badPieces, activity: { state: "off", fault } };
}
