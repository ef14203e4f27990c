import type { TrackerView } from "./details.ts";
import type { PaintedLine } from "./style.ts";
import { formatCount, formatDuration } from "./units.ts";

/** A line for each tracker that was asked, working trackers first; without any, the next tracker. */
export function trackerLines(trackers: readonly TrackerView[]): PaintedLine[] {
  const isAnyWorking = trackers.some(({ state }) => state === "working");
  const asked = trackers.filter(({ state }) => state !== "idle");
  return (asked.length > 0 ? asked : trackers.slice(0, 1))
    .toSorted((left, right) => rank(left) - rank(right))
    .map((tracker) => ({
      text: `tracker ${tracker.host}: ${[stateText(tracker), nextAnnounceText(tracker)].filter(Boolean).join(", ")}`,
      colour: tracker.state === "failing" && !isAnyWorking ? "yellow" : "dim",
    }));
}

function rank({ state }: TrackerView): number {
  return state === "failing" ? 1 : 0;
}

function stateText({ state, error, failures, peers, seeds, leechers }: TrackerView): string {
  if (state === "asking") return "being asked";
  if (state === "idle") return "not asked yet";
  if (state === "failing") {
    return [error ?? "no answer", ...(failures > 1 ? [`${failures} failures in a row`] : [])].join(
      ", ",
    );
  }
  const swarm = [
    ...(seeds === undefined ? [] : [formatCount(seeds, "seed")]),
    ...(leechers === undefined ? [] : [formatCount(leechers, "leecher")]),
  ];
  const named = formatCount(peers, "peer");
  return swarm.length === 0 ? named : `${named} (${swarm.join(", ")})`;
}

function nextAnnounceText({ state, nextInSeconds }: TrackerView): string {
  if (nextInSeconds === undefined || state === "asking") return "";
  return `${state === "failing" ? "again" : "next"} in ${formatDuration(nextInSeconds)}`;
}
