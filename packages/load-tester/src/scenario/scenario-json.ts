// A scenario as JSON, for agents: its file, with the times of arrivals in place of the files that have them.

import { wrongValue } from "@troupe/yaml-file";
import { parseText } from "@troupe/yaml-file/text";
import { scenarioFile } from "./file/scenario-fault.ts";
import { buildScenario } from "./read-scenario.ts";
import type { Arrival, Scenario } from "./scenario.ts";
import { checkShape } from "./schema/check-shape.ts";
import type { FileGroup, FileShape } from "./schema/file-shape.ts";

/**
 * The file that a scenario was read from, in the spelling of the schema.
 *
 * @throws TroupeError `scenario-malformed` for a scenario whose text is not that of its file.
 */
export function scenarioJson({ name, text, groups }: Scenario): FileShape {
  const file = checkShape(parseText(text, name, scenarioFile).value);
  const written = Object.entries(file.groups).map(
    ([key, group]) => [key, withTimes(group, groups[key]?.arrival)] as const,
  );
  return { ...file, name, groups: Object.fromEntries(written) };
}

/** Reads the JSON of a scenario; opens no file. @throws ContentFault */
export function readScenarioJson(value: unknown): Scenario {
  const file = checkShape(value);
  for (const [name, { arrival }] of Object.entries(file.groups)) {
    if (typeof arrival !== "object" || typeof arrival.times !== "string") continue;
    throw wrongValue(["groups", name, "arrival", "times"], arrival.times, "a list of times");
  }
  return buildScenario(file, "", { fileName: "plan", folder: "/" });
}

/** A group whose times are in a file, with the times themselves. */
function withTimes(written: FileGroup, read: Arrival | undefined): FileGroup {
  const { arrival } = written;
  if (typeof arrival !== "object" || typeof arrival.times !== "string") return written;
  const timesMs = read?.kind === "times" ? read.timesMs : [];
  // A time has six digits after its point at most.
  const times = timesMs.map((ms) => `${ms.toFixed(6)}ms`);
  return { ...written, arrival: { ...arrival, times } };
}
