// Changes of the trackers of one torrent: its tiers are replaced as a whole.

import { spelled, TroupeError } from "@troupe/control";
import type { ServiceResponse } from "../routes/route.ts";
import { done, type DialectCall } from "./dialect-call.ts";
import { rowOf } from "./named-torrents.ts";
import { trackersInForce } from "../view/trackers-in-force.ts";

type Tiers = readonly (readonly string[])[];

/** A torrent has no more; a text with more is refused. */
const mostTiers = 100;

/** Answers `torrents/addTrackers`: a URL a line; an empty line begins the next tier. */
export async function addTrackers(call: DialectCall): Promise<ServiceResponse> {
  const text = call.fields.required("urls");
  const row = await rowOf(call);
  const tiers = trackersInForce(row);
  const known = new Set(tiers.flat());
  const added = tiersIn(text).map((urls) => urls.filter((url) => !known.has(url)));
  if (added.every((urls) => urls.length === 0)) return done;
  const count = Math.max(tiers.length, added.length);
  const merged = Array.from({ length: count }, (_, tier) => [
    ...new Set([...(tiers[tier] ?? []), ...(added[tier] ?? [])]),
  ]);
  return await replace(call, row.torrent, merged);
}

/** Answers `torrents/editTracker`. */
export async function editTracker(call: DialectCall): Promise<ServiceResponse> {
  const [before, after] = [call.fields.required("origUrl"), call.fields.required("newUrl")];
  const row = await rowOf(call);
  if (before === after) return done;
  if (!/^(?:https?|udp):\/\/./i.test(after))
    throw new TroupeError(
      "parameter-wrong",
      `the tracker ${spelled(after)} is no URL; allowed are http, https and udp`,
    );
  const tiers = trackersInForce(row);
  const known = tiers.flat();
  if (known.includes(after))
    throw conflict(`the torrent has the tracker ${spelled(after)} already`);
  if (!known.includes(before)) throw conflict(`the torrent has no tracker ${spelled(before)}`);
  const edited = tiers.map((urls) => urls.map((url) => (url === before ? after : url)));
  return await replace(call, row.torrent, edited);
}

/** Answers `torrents/removeTrackers`: URLs with `|` between them. Unknown ones are left out. */
export async function removeTrackers(call: DialectCall): Promise<ServiceResponse> {
  const removed = new Set(call.fields.required("urls").split("|"));
  const row = await rowOf(call);
  const tiers = trackersInForce(row);
  const kept = tiers.map((urls) => urls.filter((url) => !removed.has(url)));
  if (kept.flat().length === tiers.flat().length) return done;
  return await replace(call, row.torrent, kept);
}

async function replace(
  { calls }: DialectCall,
  torrent: string,
  tiers: Tiers,
): Promise<ServiceResponse> {
  const trackerTiers = tiers.filter((urls) => urls.length > 0);
  await calls.run("set", { torrent, trackerTiers });
  return done;
}

/** @throws TroupeError `parameter-wrong` */
function tiersIn(text: string): Tiers {
  const tiers: string[][] = [[]];
  for (const line of text.split("\n")) {
    const url = line.trim();
    if (url === "") tiers.push([]);
    else tiers.at(-1)?.push(url);
    if (tiers.length > mostTiers)
      throw new TroupeError(
        "parameter-wrong",
        `the trackers have more than ${mostTiers} tiers, which is the most`,
      );
  }
  return tiers;
}

function conflict(message: string): TroupeError {
  return new TroupeError("parameter-conflict", message);
}
