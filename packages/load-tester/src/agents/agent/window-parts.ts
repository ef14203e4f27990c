// A window that is too large for one message becomes several windows of the same second, which add up to it.

import type { Window } from "../../measures/measures.ts";

const noUse = { cpuMs: 0, rssBytes: 0, descriptors: 0 };

/**
 * Cuts the histograms of a window in halves until each part is small enough, or has one histogram.
 *
 * @param most Bytes of each part as JSON.
 */
export function windowParts(window: Window, most: number): readonly Window[] {
  const { second, histograms } = window;
  if (histograms.length < 2 || JSON.stringify(window).length <= most) return [window];
  const half = Math.ceil(histograms.length / 2);
  const first = { ...window, histograms: histograms.slice(0, half) };
  const rest = { second, histograms: histograms.slice(half), counts: [], gauges: {}, own: noUse };
  return [...windowParts(first, most), ...windowParts(rest, most)];
}
