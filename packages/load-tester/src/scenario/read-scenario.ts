// The gate for scenario files: text in, a checked scenario out.

import { basename } from "node:path";
import { buildGroup, groupTargets } from "./build/build-groups.ts";
import { buildPhases } from "./build/build-phases.ts";
import { buildTargets, targetKinds } from "./build/build-targets.ts";
import { buildTorrents } from "./build/build-torrents.ts";
import { checkOpenLoads } from "./build/check-open-loads.ts";
import { checkTotals } from "./build/check-totals.ts";
import { timeAt } from "./build/quantities.ts";
import {
  changeFile,
  hasChanges,
  optionOfChange,
  type ScenarioChanges,
} from "./changes/scenario-changes.ts";
import { checkBudgets } from "./build/check-budgets.ts";
import { ContentFault, malformed, type Path } from "@troupe/yaml-file";
import { parseText, writeText } from "@troupe/yaml-file/text";
import { malformedOption, scenarioFile } from "./file/scenario-fault.ts";
import type { Scenario } from "./scenario.ts";
import { checkShape } from "./schema/check-shape.ts";
import type { FileShape } from "./schema/file-shape.ts";
import { defaultSources } from "./schema/scenario-schema.ts";

/** Also the default. */
const longestDrainMs = 5_000;

/** Where the text comes from. */
export interface ScenarioOrigin {
  /** Name of the file in errors. */
  readonly fileName: string;
  /** Paths in the text begin here. */
  readonly folder: string;
  /** Option that gave a value, in a text that stands for options of a command line. Its faults name the option. */
  readonly optionOf?: (path: Path) => string | undefined;
}

/**
 * Reads a scenario from YAML or JSON. With changes its text is a file that has them.
 *
 * @throws TroupeError `scenario-malformed`: file, line and column, the key, what was seen and what is allowed.
 */
export function readScenario(
  text: string,
  origin: ScenarioOrigin,
  changes: ScenarioChanges = {},
): Scenario {
  const parsed = parseText(text, origin.fileName, scenarioFile);
  let { optionOf } = origin;
  try {
    const file = checkShape(parsed.value);
    if (!hasChanges(changes)) return buildScenario(file, text, origin);
    const changed = changeFile(file, changes);
    optionOf = (path) => optionOfChange(path, file, changed);
    return buildScenario(changed, writeText(changed), origin);
  } catch (error) {
    if (!(error instanceof ContentFault)) throw error;
    const option = optionOf?.(error.path);
    if (option !== undefined) throw malformedOption(option, error);
    throw malformed(scenarioFile, origin.fileName, parsed.placeOf(error), error.message);
  }
}

/** The scenario of a file that has the shape of the schema. @throws ContentFault */
export function buildScenario(file: FileShape, text: string, origin: ScenarioOrigin): Scenario {
  const phases = buildPhases(file);
  const torrents = buildTorrents(file.torrents, origin.folder);
  const kinds = targetKinds(file.targets);
  const targetOf = groupTargets(file, kinds);
  const peersOf = (target: string): number =>
    Object.entries(file.groups)
      .filter(([name]) => targetOf[name] === target)
      .reduce((sum, [, { count }]) => sum + count, 0);
  const targets = buildTargets(file, kinds, peersOf);
  const context = { file, folder: origin.folder, kinds, phases, torrents };
  const groups = Object.entries(file.groups).map(([name, written]) => {
    const target = targetOf[name] ?? "";
    return [
      name,
      buildGroup(name, written, { name: target, spec: targets[target] }, context),
    ] as const;
  });
  const scenario: Scenario = {
    name: file.name ?? nameOf(origin.fileName),
    about: file.about ?? "",
    seed: file.seed ?? 1,
    sources: file.sources ?? defaultSources,
    hasOwnSources: file.sources !== undefined,
    precise: file.precise !== "off",
    text,
    targets,
    torrents,
    groups: Object.fromEntries(groups),
    phases,
    budgets: file.budgets ?? [],
    abort: (file.abort ?? []).map(({ budget, after }, index) => ({
      budget,
      afterMs: after === undefined ? 0 : timeAt(["abort", index, "after"], after),
    })),
    drainMs:
      file.drain === undefined ? longestDrainMs : timeAt(["drain"], file.drain, 0, longestDrainMs),
    onLostAgent: file["on-lost-agent"] ?? "go-on",
  };
  checkTotals(scenario);
  checkOpenLoads(scenario);
  checkBudgets(scenario);
  return scenario;
}

/** `many-leechers` of `tests/many-leechers.yaml`. */
function nameOf(fileName: string): string {
  return (
    basename(fileName)
      .replace(/\.(?:ya?ml|json)$/i, "")
      .slice(0, 60) || "scenario"
  );
}
