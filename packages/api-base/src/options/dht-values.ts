// The gate of the settings that the engine's DHT node and a standalone one share.

import type { DhtEndpoint, DhtLimits } from "@troupe/messages";
import { type Names, refuseUnknownOptions } from "./known-names.ts";
import { dialable } from "./option-values.ts";
import { outOfRange, spelled, within } from "@troupe/control";

const limitNames: Names<keyof DhtLimits> = {
  queriesPerSecond: true,
  queryBurst: true,
  lookUps: true,
  answerBytesPerSecond: true,
  unprovenBytesPerSecond: true,
  queriesPerAddress: true,
};

/** With less a node does not work: pings take all queries, or no usual answer has room. Default 1. */
const leastLimits: Partial<Record<string, number>> = {
  queriesPerSecond: 20,
  answerBytesPerSecond: 1_000,
  queriesPerAddress: 10,
};

/** Nodes, or routers, that an option takes; more are refused. */
const mostNodes = 100;

/** Nodes to ask. @param name Name of the option. @throws TroupeError `option-out-of-range` */
export function dhtEndpoints(name: string, given: readonly DhtEndpoint[]): readonly DhtEndpoint[] {
  if (!Array.isArray(given)) throw outOfRange(name, spelled(given), "a list of addresses");
  if (given.length <= mostNodes) return given.map(dialable);
  throw outOfRange(name, `${given.length} nodes`, `${mostNodes} at most`);
}

/** Limits of a node. @param name Name of the option. @throws TroupeError `option-unknown`, `option-out-of-range` */
export function dhtLimits(name: string, given: Partial<DhtLimits>): Partial<DhtLimits> {
  if (typeof given !== "object" || given === null)
    throw outOfRange(name, spelled(given), "an object");
  refuseUnknownOptions(given, limitNames);
  for (const [limit, value] of Object.entries(given)) {
    const least = leastLimits[limit] ?? 1;
    if (value !== Infinity) within(`${name}.${limit}`, value, least, Number.MAX_SAFE_INTEGER);
  }
  return { ...given };
}
