// Arrivals and stays of a group, from the words of the file.

import { faultAt, keyFault, wrongValue, type Path } from "@troupe/yaml-file";
import { readTimes } from "../file/read-times.ts";
import type { Arrival, Stay } from "../scenario.ts";
import type { FileArrival, FileStay } from "../schema/file-shape.ts";
import { onlyKey } from "./names.ts";
import { rateAt, timeAt } from "./quantities.ts";

const leastStayMs = 10;
const stayKeys = ["ratio", "exponential", "log-normal"] as const;
const arrivalKeys = ["rate", "ramp", "poisson", "crowd", "times"] as const;

/** Where a group stands, and the run that it must fit into. */
interface ArrivalPlace {
  readonly path: Path;
  readonly count: number;
  readonly durationMs: number;
  /** Folder of the file. */
  readonly folder: string;
}

/** @throws ContentFault */
export function buildArrival(written: string | FileArrival, place: ArrivalPlace): Arrival {
  if (typeof written === "string") return { kind: "at-once", afterMs: 0 };
  const { path, durationMs } = place;
  const key = onlyKey(path, written, arrivalKeys);
  const { after } = written;
  const afterMs = after === undefined ? 0 : timeAt([...path, "after"], after);
  if (afterMs >= durationMs) {
    throw wrongValue(
      [...path, "after"],
      after,
      `a time before the end of the run at ${durationMs}ms`,
    );
  }
  const arrival = { afterMs, ...kindOf(key, written, place) };
  refuseLateEnd(arrival, key, place);
  return arrival;
}

type ArrivalKind = Arrival extends infer Each
  ? Each extends unknown
    ? Omit<Each, "afterMs">
    : never
  : never;

function kindOf(
  key: (typeof arrivalKeys)[number] | undefined,
  written: FileArrival,
  place: ArrivalPlace,
): ArrivalKind {
  const { path } = place;
  const at = [...path, key ?? ""];
  switch (key) {
    case undefined:
      return { kind: "at-once" };
    case "rate":
      return { kind: "constant", perSecond: rateAt(at, written.rate ?? "") };
    case "ramp":
      return { kind: "ramp", durationMs: timeAt(at, written.ramp ?? "", 1) };
    case "poisson":
      return { kind: "poisson", perSecond: rateAt(at, written.poisson ?? "") };
    case "crowd":
      return { kind: "crowd", halfLifeMs: timeAt(at, written.crowd ?? "", 1) };
    case "times":
      return { kind: "times", timesMs: timesOf(at, written.times ?? [], place) };
  }
}

function timesOf(path: Path, written: string | readonly string[], place: ArrivalPlace): number[] {
  const times =
    typeof written === "string"
      ? readTimes(written, place.folder, path)
      : written.map((text, index) => timeAt([...path, index], text));
  if (times.length < place.count) {
    const rest = `has ${times.length} times; allowed are at least as many as the count, ${place.count}`;
    throw faultAt(path, rest);
  }
  return times.toSorted((a, b) => a - b).slice(0, place.count);
}

/** Peers that would come after the end of the run are a mistake. */
function refuseLateEnd(
  arrival: Arrival,
  key: (typeof arrivalKeys)[number] | undefined,
  { path, count, durationMs }: ArrivalPlace,
): void {
  const lastMs = arrival.afterMs + spanOf(arrival, count);
  if (key === undefined || lastMs < durationMs) return;
  // The last of a ramp comes a step before its end.
  if (key === "ramp" && lastMs === durationMs) return;
  const rest = `brings the last of ${count} peers ${Math.ceil(lastMs)}ms after the start; allowed is a time before the end of the run at ${durationMs}ms`;
  throw faultAt([...path, key], rest);
}

/** From `after` to the last arrival, on average. A crowd always fits, because its tail is cut at the end of the run. */
function spanOf(arrival: Arrival, count: number): number {
  switch (arrival.kind) {
    case "constant":
    case "poisson":
      return ((count - 1) * 1_000) / arrival.perSecond;
    case "ramp":
      return arrival.durationMs;
    case "times":
      return arrival.timesMs.at(-1) ?? 0;
    case "at-once":
    case "crowd":
      return 0;
  }
}

/** @throws ContentFault */
export function buildStay(written: string | FileStay | undefined, path: Path): Stay {
  if (written === undefined || written === "end") return { kind: "end" };
  if (written === "whole") return { kind: "whole" };
  if (typeof written === "string")
    return { kind: "fixed", durationMs: timeAt(path, written, leastStayMs) };
  const key = onlyKey(path, written, stayKeys);
  const at = [...path, key ?? ""];
  if (written.sigma !== undefined && key !== "log-normal") {
    throw keyFault([...path, "sigma"], "needs log-normal beside it");
  }
  switch (key) {
    case undefined:
      throw wrongValue(
        path,
        written,
        "end, whole, a time, or a mapping with ratio, exponential or log-normal",
      );
    case "ratio":
      return { kind: "ratio", ratio: written.ratio ?? 1 };
    case "exponential":
      return { kind: "exponential", meanMs: timeAt(at, written.exponential ?? "", leastStayMs) };
    case "log-normal": {
      const medianMs = timeAt(at, written["log-normal"] ?? "", leastStayMs);
      return { kind: "log-normal", medianMs, sigma: written.sigma ?? 1 };
    }
  }
}
