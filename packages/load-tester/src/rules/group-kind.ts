// Kinds of groups, by the harm that they do to a machine of others.

import type { Group, Pace } from "../scenario/scenario.ts";

/**
 * `hostile`: peers of the catalogue. `storm`: peers that connect very often. `flood`: very many announces or queries.
 * `honest`: all other groups.
 */
export type GroupKind = "honest" | "hostile" | "storm" | "flood";

/** Connections a second of an honest group, at any time of the run. */
const mostHonestConnections = 100;
/** Announces, scrapes or queries a second of an honest group. */
const mostHonestQuestions = 1_000;
/** Outstanding questions of an honest group: a closed load asks again as soon as an answer is there. */
const mostHonestOutstanding = 100;
/** A peer that comes back sooner than this makes a storm. */
const shortestHonestPauseMs = 1_000;

/** @returns The kind of a group; all but `honest` run only against loopback and private addresses. */
export function groupKindOf(group: Group): GroupKind {
  const { load } = group;
  if (load.kind === "hostile") return "hostile";
  if (load.kind === "peers") return isStorm(group) ? "storm" : "honest";
  const { pace } = load;
  return isFlood(pace, group.count) ? "flood" : "honest";
}

/** @returns The kind of honest groups together: they may add up to a storm or a flood. Other groups are left out. */
export function kindTogether(all: readonly Group[]): GroupKind {
  const groups = all.filter((group) => groupKindOf(group) === "honest");
  const peers = groups.filter(({ load }) => load.kind === "peers");
  if (sumOf(peers, connectionsPerSecond) > mostHonestConnections) return "storm";
  const paces = groups.flatMap(({ load, count }) =>
    load.kind === "tracker" || load.kind === "dht" ? [{ pace: load.pace, count }] : [],
  );
  const isTooMuch =
    sumOf(paces, ({ pace }) => questionsPerSecond(pace)) > mostHonestQuestions ||
    sumOf(paces, ({ pace, count }) => outstanding(pace, count)) > mostHonestOutstanding;
  return isTooMuch ? "flood" : "honest";
}

function isFlood(pace: Pace, count: number): boolean {
  return (
    questionsPerSecond(pace) > mostHonestQuestions ||
    outstanding(pace, count) > mostHonestOutstanding
  );
}

function questionsPerSecond(pace: Pace): number {
  return pace.kind === "rate" ? pace.perSecond : 0;
}

function outstanding(pace: Pace, count: number): number {
  return pace.kind === "depth" ? count * pace.depth : 0;
}

function sumOf<Item>(items: readonly Item[], valueOf: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + valueOf(item), 0);
}

function isStorm(group: Group): boolean {
  const pauses = [group.againAfterMs, group.retryAfterMs];
  if (pauses.some((pauseMs) => pauseMs !== undefined && pauseMs < shortestHonestPauseMs)) {
    return true;
  }
  return connectionsPerSecond(group) > mostHonestConnections;
}

/** In the busiest second of the arrival. */
function connectionsPerSecond({ arrival, count }: Group): number {
  switch (arrival.kind) {
    case "at-once":
      return count;
    case "constant":
    case "poisson":
      return Math.min(count, arrival.perSecond);
    case "ramp":
      return (1_000 * count) / Math.max(1_000, arrival.durationMs);
    case "crowd":
      return count * (1 - 2 ** (-1_000 / arrival.halfLifeMs));
    case "times":
      return busiestSecond(arrival.timesMs.slice(0, count));
  }
}

/** @param timesMs Ascending. */
function busiestSecond(timesMs: readonly number[]): number {
  let first = 0;
  let most = 0;
  for (const [index, atMs] of timesMs.entries()) {
    while ((timesMs[first] ?? atMs) <= atMs - 1_000) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
