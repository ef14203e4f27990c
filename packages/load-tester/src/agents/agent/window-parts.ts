// A window that is too large for one message becomes several windows of the same second, which add up to it.

import type { Window } from "../../measures/measures.ts";
import { noUse } from "../../measures/own-use.ts";

/**
 * Cuts the histograms and the counts of a window in halves until each part is small enough, or has one of each.
 *
 * @param most Bytes of each part as JSON.
 */
export function windowParts(window: Window, most: number): readonly Window[] {
  const { second, histograms, counts } = window;
  const isWhole = histograms.length < 2 && counts.length < 2;
  if (isWhole || Buffer.byteLength(JSON.stringify(window)) <= most) return [window];
  const [half, halfCounts] = [Math.ceil(histograms.length / 2), Math.ceil(counts.length / 2)];
  const first = {
    ...window,
    histograms: histograms.slice(0, half),
    counts: counts.slice(0, halfCounts),
  };
  const rest = {
    second,
    histograms: histograms.slice(half),
    counts: counts.slice(halfCounts),
    gauges: {},
    own: noUse,
  };
  return [...windowParts(first, most), ...windowParts(rest, most)];
}
