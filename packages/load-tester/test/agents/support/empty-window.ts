import type { Window } from "../../../src/measures/measures.ts";

/** A window in which nothing happened. */
export function emptyWindow(second: number): Window {
  return {
    second,
    histograms: [],
    counts: [],
    gauges: {},
    own: { cpuMs: 0, rssBytes: 0, descriptors: 0 },
  };
}
