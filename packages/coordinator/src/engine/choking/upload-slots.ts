// The slots of all torrents together.

import type { TorrentWeight, UploadSlots } from "@troupe/messages";
import { leastTorrentSlots, type SlotUse } from "../../torrent/choking/choker.ts";
import type { SlotLevel } from "../../torrent/choking/slot-level.ts";

/** Least slots of all torrents together by rate, however slow the peers are. */
const leastSlots = 20;
/** The rate by which each further slot must exceed the last. */
const slotStep = 2_000;

/** A torrent's interested peers, and the use of its slots. */
interface SlotDemand {
  readonly weight: TorrentWeight;
  readonly wanted: number;
  readonly use: SlotUse;
}

/** Slots for all peers of all torrents. */
const slotsForAll: SlotLevel = { least: Infinity, most: Infinity, slots: Infinity, weight: 1 };

/** @returns The highest level at which all torrents together stay within the option. */
export function slotLevel(option: UploadSlots, demands: readonly SlotDemand[]): SlotLevel {
  if (option === "all") return slotsForAll;
  if (option !== "rate") return levelOf(option, 1, demands);
  const total = Math.max(leastSlots, slotsByRate(demands.map(({ use }) => use)));
  return levelOf(total, leastTorrentSlots, demands);
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
