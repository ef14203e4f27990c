// How late the event loops of lane E were: each real timer, socket and limit of the product is as late.

import type { ProcessResult } from "./run-process.ts";

/** Milliseconds of all event loops together. */
export interface Lateness {
  /** 99.9 % of the looks, one each 10 ms while a loop is free, were less late. */
  readonly p999Ms: number;
  readonly longestMs: number;
}

const share = 0.001;

/** The lateness of the processes of lane E. */
export function latenessOf(processes: readonly ProcessResult[]): Lateness {
  const lines = processes
    .filter(({ group }) => group.lane === "E")
    .flatMap(({ facts }) => facts.flatMap((line) => ("process" in line ? [line] : [])));
  let left = lines.reduce((sum, { looks }) => sum + looks, 0) * share;
  const late = lines.flatMap((line) => line.late).toSorted(([one], [other]) => other - one);
  const [p999Ms = 0] = late.find(([, looks]) => (left -= looks) < 0) ?? [];
  return { p999Ms, longestMs: Math.max(0, ...lines.map(({ latestMs }) => latestMs)) };
}
