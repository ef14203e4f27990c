// The slots of all torrents together.

import type { TorrentWeight, UploadSlots } from "@troupe/messages";
import { leastTorrentSlots, type SlotUse } from "../../torrent/choking/choker.ts";
import { slotsAt, type SlotLevel, type SlotLevels } from "../../torrent/choking/slot-level.ts";

/** Least slots of all torrents together by rate, however slow the peers are. */
const leastSlots = 20;
/** The rate by which each further slot must exceed the last. */
const slotStep = 2_000;

/** A torrent's interested peers, and the use of its slots. */
interface SlotDemand {
  readonly group?: string | undefined;
  readonly weight: TorrentWeight;
  readonly wanted: number;
  readonly use: SlotUse;
}

/**
 * The highest levels at which all torrents together stay within the option, and the torrents of each group within its
 * bound. The other torrents share the slots that a bounded group does not take.
 *
 * @param boundOf Slots that a group may give; undefined: no bound of its own.
 */
export function slotLevels(
  option: UploadSlots,
  demands: readonly SlotDemand[],
  boundOf: (group: string) => number | undefined,
): SlotLevels {
  const least = option === "rate" ? leastTorrentSlots : 1;
  const groups = new Map<string, SlotLevel>();
  const total = slotsInAll(option, demands);
  let [left, sharing] = [total, demands];
  let within = boundedGroups(demands, boundOf);
  for (;;) {
    const level = levelOf(left, least, sharing);
    const beyond = within.filter(({ bound, members }) => taken(members, level) > bound);
    if (beyond.length === 0) return { total, level, groups };
    for (const { name, bound, members } of beyond) {
      const own = levelOf(bound, 1, members);
      groups.set(name, own);
      left -= taken(members, own);
    }
    within = within.filter(({ name }) => !groups.has(name));
    sharing = sharing.filter(({ group }) => group === undefined || !groups.has(group));
  }
}

function slotsInAll(option: UploadSlots, demands: readonly SlotDemand[]): number {
  if (option === "all") return Infinity;
  if (option !== "rate") return option;
  return Math.max(leastSlots, slotsByRate(demands.map(({ use }) => use)));
}

/** The torrents of a group that may give so many slots. */
interface BoundedGroup {
  readonly name: string;
  readonly bound: number;
  readonly members: readonly SlotDemand[];
}

/** @returns The groups with a bound of their own: thousands of torrents may be in a thousand groups. */
function boundedGroups(
  demands: readonly SlotDemand[],
  boundOf: (group: string) => number | undefined,
): readonly BoundedGroup[] {
  return [...Map.groupBy(demands, ({ group }) => group)].flatMap(([name, members]) => {
    const bound = name === undefined ? undefined : boundOf(name);
    return name === undefined || bound === undefined ? [] : [{ name, bound, members }];
  });
}

/** Slots that the torrents take at a level. */
function taken(demands: readonly SlotDemand[], level: SlotLevel): number {
  return demands.reduce(
    (sum, { wanted, weight }) => sum + Math.min(wanted, slotsAt(level, weight)),
    0,
  );
}

/**
 * @returns The slots that carry enough, and one more. If all slots carry enough: as many as would still carry enough
 *   with equal shares of the present rate.
 */
export function slotsByRate(uses: readonly SlotUse[]): number {
  const rates = uses.flatMap((use) => use.rates).toSorted((a, b) => b - a);
  const fresh = uses.reduce((sum, use) => sum + use.fresh, 0);
  const enough = rates.findIndex((rate, index) => rate < slotStep * (index + 1));
  if (enough >= 0) return enough + 1 + fresh;
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  return Math.max(rates.length + fresh + 1, Math.floor(Math.sqrt(total / slotStep)));
}

/**
 * The level at which all torrents together take `total`, each no more than it wants. A torrent that would get fewer
 * than `least` by its weight gets `least`, and the others share the rest.
 */
function levelOf(total: number, least: number, demands: readonly SlotDemand[]): SlotLevel {
  const ascending = demands.toSorted((a, b) => a.wanted / a.weight - b.wanted / b.weight);
  let left = total;
  let sharing = ascending;
  for (;;) {
    const level = { least, most: total, ...fill(left, sharing) };
    const heavier = sharing.filter(({ weight }) => (level.slots * weight) / level.weight >= least);
    if (heavier.length === sharing.length || heavier.length === 0) return level;
    for (const { weight, wanted } of sharing)
      if ((level.slots * weight) / level.weight < least) left -= Math.min(wanted, least);
    sharing = heavier;
  }
}

/** Slots for torrents of a weight together, so that all take `total`. @param ascending By slots wanted for their weight. */
function fill(
  total: number,
  ascending: readonly SlotDemand[],
): Pick<SlotLevel, "slots" | "weight"> {
  let left = total;
  let weight = ascending.reduce((sum, demand) => sum + demand.weight, 0);
  for (const demand of ascending) {
    if (demand.wanted > Math.floor((left * demand.weight) / weight)) return { slots: left, weight };
    left -= demand.wanted;
    weight -= demand.weight;
  }
  return { slots: Infinity, weight: 1 };
}
