// The parameters of torrent_set that change the trackers of a torrent.

import { outOfRange, spelled } from "@troupe/control";
import { tiersIn } from "../fields/trackers.ts";
import type { Parameters } from "../parameters.ts";
import { RpcError } from "../rpc-error.ts";

type Tiers = readonly (readonly string[])[];

/**
 * The tiers of trackers after a call.
 *
 * @returns Undefined for a call that names none.
 * @throws RpcError for one that changes nothing, and for what is no URL of a tracker.
 */
export function trackerTiers(before: Tiers, parameters: Parameters): Tiers | undefined {
  const list = parameters.text("tracker_list");
  if (list !== undefined) return checked(tiersIn(list), "tracker-list");
  const added = parameters.texts("tracker_add");
  const removed = parameters.wholes("tracker_remove");
  const replaced = parameters.list("tracker_replace");
  if (added === undefined && removed === undefined && replaced === undefined) return undefined;
  const urls = urlsAfter(before.flat(), removed ?? [], pairsIn(replaced ?? []));
  const kept = inTiersOf(before, urls);
  const known = new Set(kept.flat());
  const tiers = [...kept, ...(added ?? []).filter((url) => !known.has(url)).map((url) => [url])];
  if (JSON.stringify(tiers) === JSON.stringify(before)) throw new RpcError("announce-list");
  return checked(tiers, "announce-list");
}

/** The URLs by their numbers; undefined for removed ones. */
function urlsAfter(
  before: readonly string[],
  removed: readonly number[],
  replaced: ReadonlyMap<number, string>,
): readonly (string | undefined)[] {
  return before.map((url, id) => (removed.includes(id) ? undefined : (replaced.get(id) ?? url)));
}

/** Puts URLs into the tiers that they were in. A tier without URLs goes. */
function inTiersOf(before: Tiers, urls: readonly (string | undefined)[]): string[][] {
  let id = 0;
  const tiers = before.map((tier) => tier.flatMap(() => urls[id++] ?? []));
  return tiers.filter((tier) => tier.length > 0);
}

/** Numbers and URLs in turn. */
function pairsIn(list: readonly unknown[]): ReadonlyMap<number, string> {
  const pairs = new Map<number, string>();
  for (let at = 0; at + 1 < list.length; at += 2) {
    const [id, url] = [list[at], list[at + 1]];
    if (typeof id !== "number" || typeof url !== "string")
      throw outOfRange(
        "tracker_replace",
        spelled(typeof id === "number" ? url : id),
        "numbers and URLs in turn",
      );
    pairs.set(id, url);
  }
  return pairs;
}

function checked(tiers: Tiers, fault: "announce-list" | "tracker-list"): Tiers {
  const wrong = tiers.flat().find((url) => !/^(?:https?|udp):\/\/./i.test(url));
  if (wrong === undefined) return tiers;
  const text = `the tracker ${spelled(wrong)} is no http://, https:// or udp:// address`;
  throw new RpcError(fault, { text });
}
