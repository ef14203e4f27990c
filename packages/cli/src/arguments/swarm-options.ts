// The options by which a call joins swarms.

import type { CoordinatorOptions } from "../engine-port.ts";
import type { ParsedWords } from "./sort-words.ts";
import { UsageError } from "./usage-error.ts";

/** How a swarm is joined, as options of the library: those that are named alone. Paths are as written. */
export function swarmOptions(words: ParsedWords) {
  const peers = words.value("peer");
  const nodes = words.value("dht-node");
  if (nodes !== undefined && words.has("no-dht"))
    throw new UsageError("--no-dht and --dht-node exclude each other");
  return {
    engine: { ...words.engine(), ...(nodes !== undefined && { dht: { nodes } }) },
    add: { ...words.torrent(), ...(peers !== undefined && { peers }) },
  };
}

/** @throws {UsageError} for `--seed-until` without a goal. @param options The settings of the words. */
export function refuseGoalsAlone(
  words: ParsedWords,
  { goals }: Pick<CoordinatorOptions, "goals">,
): void {
  const hasGoal = goals?.ratio !== undefined || goals?.seedSeconds !== undefined;
  if (words.has("seed-until") && !hasGoal)
    throw new UsageError("--seed-until needs --ratio or --seed-time", words.command);
}
