// The slots of all torrents together.

import type { UploadSlots } from "@troupe/messages";
import { leastTorrentSlots, type SlotUse } from "../../torrent/choking/choker.ts";

/** Least slots of all torrents together by rate, however slow the peers are. */
const leastSlots = 20;
/** The rate by which each further slot must exceed the last. */
const slotStep = 2_000;

/** A torrent's interested peers, and the use of its slots. */
interface SlotDemand {
  readonly wanted: number;
  readonly use: SlotUse;
}

/** @returns Slots that each torrent may give: the most for which all torrents together stay within the option. */
export function slotsPerTorrent(option: UploadSlots, demands: readonly SlotDemand[]): number {
  if (option === "all") return Infinity;
  const wanted = demands.map((demand) => demand.wanted);
  if (option !== "rate") return Math.max(1, levelOf(option, wanted));
  const total = Math.max(leastSlots, slotsByRate(demands.map(({ use }) => use)));
  return Math.max(leastTorrentSlots, levelOf(total, wanted));
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

/** The most slots a torrent at which all torrents together take `total`, each no more than it wants. */
function levelOf(total: number, wanted: readonly number[]): number {
  const ascending = wanted.toSorted((a, b) => a - b);
  let left = total;
  for (const [index, count] of ascending.entries()) {
    const level = Math.floor(left / (ascending.length - index));
    if (count > level) return level;
    left -= count;
  }
  return total;
}
