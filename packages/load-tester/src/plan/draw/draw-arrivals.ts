// The first arrival of each member of a group, from the seed.

import type { Group } from "../../scenario/scenario.ts";
import { roundTime, streams } from "./streams.ts";
import { SeededStream } from "./seeded-stream.ts";

/**
 * Milliseconds from the start of the run, ascending: member 0 comes first. Members that a Poisson arrival brings after
 * the end of the run are left out.
 */
export function drawArrivals(
  group: Group,
  index: number,
  run: { readonly seed: number; readonly durationMs: number },
): number[] {
  const stream = new SeededStream(run.seed, [index, streams.arrivals]);
  const times = timesOf(group, run.durationMs, stream).map((ms) => group.arrival.afterMs + ms);
  return times.map(roundTime).filter((ms) => ms < run.durationMs);
}

/** From the begin of the arrivals. */
function timesOf(
  { arrival, count }: Group,
  durationMs: number,
  stream: SeededStream,
): readonly number[] {
  const even = (stepMs: number) => Array.from({ length: count }, (_, member) => member * stepMs);
  switch (arrival.kind) {
    case "at-once":
      return even(0);
    case "constant":
      return even(1_000 / arrival.perSecond);
    case "ramp":
      return even(arrival.durationMs / count);
    case "poisson": {
      let ms = 0;
      return even(0).map(() => (ms += (stream.exponential() * 1_000) / arrival.perSecond));
    }
    case "crowd":
      return crowd(count, arrival.halfLifeMs, durationMs - arrival.afterMs, stream);
    case "times":
      return arrival.timesMs.slice(0, count);
  }
}

/**
 * An exponential distribution whose rate falls by half each half-life, cut at the end of the run, so that all peers
 * come.
 */
function crowd(count: number, halfLifeMs: number, spanMs: number, stream: SeededStream): number[] {
  const meanMs = halfLifeMs / Math.LN2;
  const within = -Math.expm1(-spanMs / meanMs);
  const times = Array.from({ length: count }, () => {
    const ms = -meanMs * Math.log1p(-stream.fraction() * within);
    // A rounded time must stay below the end.
    return Math.min(ms, spanMs - 0.001);
  });
  return times.toSorted((a, b) => a - b);
}
