// Questions to the states of a tracker in its address families.

import type { TrackerStatus } from "@troupe/messages";
import { dueEvent, dueTime, type AnnounceState } from "./announce-state.ts";

/** Announces over both families that are due this close together go out together. */
const togetherMs = 5_000;

/** The first of the times, moved to the last one that follows within 5 s. Infinity without times. */
export function timeTogether(timesMs: readonly number[]): number {
  const firstMs = Math.min(...timesMs);
  if (firstMs === Infinity) return Infinity;
  return Math.max(...timesMs.filter((timeMs) => timeMs <= firstMs + togetherMs));
}

/** Whether a round may ask: the announce is due, or the last one had no reply and the tracker permits another. */
export function mayAsk(
  state: AnnounceState,
  { isHungry, nowMs }: { readonly isHungry: boolean; readonly nowMs: number },
): boolean {
  if (state.outcome === "working" && state.presence === "started") {
    return dueTime(state, isHungry) <= nowMs || dueEvent(state) === "completed";
  }
  return state.retryAtMs <= nowMs;
}

/** A tracker's status over all its families. */
export function statusOf(
  states: readonly AnnounceState[],
): Omit<TrackerStatus, "nextInSeconds" | "url" | "tier"> {
  const isWorking = states.some(({ outcome }) => outcome === "working");
  const complete = most(states.map(({ counts }) => counts.complete));
  const incomplete = most(states.map(({ counts }) => counts.incomplete));
  const isMissing = states.every(({ outcome }) => outcome === "missing");
  const failed = isWorking
    ? []
    : states.filter(({ outcome }) => outcome === "failed" || (isMissing && outcome === "missing"));
  const { error, errorCode } = failed[0] ?? {};
  return {
    failures: Math.max(0, ...failed.map(({ failures }) => failures)),
    peers: Math.max(...states.map(({ counts }) => counts.peers)),
    isWorking,
    ...(complete !== undefined && { complete }),
    ...(incomplete !== undefined && { incomplete }),
    ...(error !== undefined && { error }),
    ...(errorCode !== undefined && { errorCode }),
  };
}

function most(counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
