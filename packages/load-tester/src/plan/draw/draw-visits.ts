// The visits of a peer, from the seed: its arrivals, stays and the seeds of its choices.

import type { Group, Stay } from "../../scenario/scenario.ts";
import type { Visit } from "../plan.ts";
import { roundTime, streams } from "./streams.ts";
import { SeededStream } from "./seeded-stream.ts";

/** A peer before its visits are drawn. */
export interface Arriving {
  readonly peer: number;
  readonly group: number;
  readonly member: number;
  readonly arriveMs: number;
}

/** All visits that begin before the end of the run. */
export function drawVisits(
  arriving: Arriving,
  group: Group,
  run: { readonly seed: number; readonly durationMs: number },
): Visit[] {
  const stream = new SeededStream(run.seed, [arriving.group, streams.visits, arriving.member]);
  const visits: Visit[] = [];
  let { arriveMs } = arriving;
  while (arriveMs < run.durationMs) {
    const stayMs = drawStay(group.stay, stream);
    visits.push({ ...arriving, visit: visits.length, arriveMs, stayMs, seed: stream.word() });
    if (group.againAfterMs === undefined || stayMs === Number.POSITIVE_INFINITY) break;
    arriveMs = roundTime(arriveMs + stayMs + group.againAfterMs);
  }
  return visits;
}

function drawStay(stay: Stay, stream: SeededStream): number {
  switch (stay.kind) {
    case "end":
    case "whole":
    case "ratio":
      return Number.POSITIVE_INFINITY;
    case "fixed":
      return stay.durationMs;
    case "exponential":
      return roundTime(stay.meanMs * stream.exponential());
    case "log-normal":
      return roundTime(stay.medianMs * Math.exp(stay.sigma * stream.normal()));
  }
}
