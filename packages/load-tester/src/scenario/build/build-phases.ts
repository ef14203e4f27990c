// Phases of a scenario, with its warm-up.

import { ContentFault, keyFault } from "@troupe/yaml-file";
import type { Phase } from "../scenario.ts";
import type { FileShape } from "../schema/file-shape.ts";
import { warmUpPhase } from "../warm-up.ts";
import { runLength } from "./build-load.ts";
import { timeAt } from "./quantities.ts";

const leastPhaseMs = 100;
const longestRunMs = 24 * 3_600_000;

/** @throws ContentFault */
export function buildPhases(file: FileShape): Phase[] {
  const phases = Object.entries(file.phases).map(([name, text]) => {
    const path = ["phases", name];
    if (name === warmUpPhase) {
      const rest = `has the name of the warm-up; write the key warm-up: ${text}, or another name`;
      throw keyFault(path, rest);
    }
    return { name, durationMs: timeAt(path, text, leastPhaseMs) };
  });
  phases.splice(warmUpIndex(file, phases), 0, ...warmUpOf(file));
  const lengthMs = runLength(phases);
  if (lengthMs <= longestRunMs) return phases;
  throw new ContentFault(["phases"], `phases last ${lengthMs}ms together; allowed are 24h`);
}

function warmUpOf({ "warm-up": text }: FileShape): Phase[] {
  if (text === undefined) return [];
  return [{ name: warmUpPhase, durationMs: timeAt([warmUpPhase], text, leastPhaseMs) }];
}

/** Before the first phase that an open load begins with; without one, before all phases. */
function warmUpIndex({ groups }: FileShape, phases: readonly Phase[]): number {
  const begins = new Set(Object.values(groups).map(({ load }) => load?.from));
  return Math.max(
    0,
    phases.findIndex(({ name }) => begins.has(name)),
  );
}
