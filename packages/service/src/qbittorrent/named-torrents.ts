// The torrents that a request names, and actions on each of them.

import { TroupeError } from "@troupe/control";
import type { TorrentRow } from "../view/torrent-row.ts";
import type { TorrentView } from "../view/torrent-view.ts";
import { hasCode, type DialectCall } from "./dialect-call.ts";

/** The info-hashes of a parameter, in lower case, each once. */
export function hashesIn(text: string): readonly string[] {
  return [...new Set(text.split("|").map((hash) => hash.trim().toLowerCase()))];
}

/** The torrents of a parameter: `all`, or info-hashes with `|` between them. Unknown ones are left out, and a torrent is named once. */
export function rowsNamed(view: TorrentView, text: string): readonly TorrentRow[] {
  if (text === "all") return view.rows;
  return [...new Set(hashesIn(text).flatMap((hash) => view.row(hash) ?? []))];
}

/** The torrent of the parameter `hash`. @throws TroupeError `parameter-missing`, `no-torrent` */
export async function rowOf({
  fields,
  calls,
}: Pick<DialectCall, "calls" | "fields">): Promise<TorrentRow> {
  const hash = fields.required("hash");
  const row = (await calls.view()).row(hash.trim().toLowerCase());
  if (row === undefined) throw new TroupeError("no-torrent", "there is no torrent of this hash");
  return row;
}

/**
 * Acts on each torrent of the parameter `hashes`, one after the other. Torrents that are removed meanwhile are left out.
 *
 * @throws TroupeError The first error, after the last torrent.
 */
export async function forEachNamed(
  { fields, calls }: Pick<DialectCall, "calls" | "fields">,
  act: (row: TorrentRow) => Promise<unknown>,
): Promise<void> {
  const hashes = fields.required("hashes");
  await forEachRow(rowsNamed(await calls.view(), hashes), act);
}

/** @throws TroupeError As {@link forEachNamed}. */
export async function forEachRow(
  rows: readonly TorrentRow[],
  act: (row: TorrentRow) => Promise<unknown>,
): Promise<void> {
  const errors: unknown[] = [];
  for (const row of rows) {
    try {
      await act(row);
    } catch (error) {
      if (!hasCode(error, "no-torrent")) errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/**
 * Waits until a long command has ended, or has begun so that the view shows it. A client waits no longer for a check of a
 * large torrent. The command goes on.
 */
export async function untilBegun(
  view: TorrentView,
  command: Promise<unknown>,
  hasBegun: () => boolean,
): Promise<void> {
  const begun = Promise.withResolvers<void>();
  const stopListening = view.onChange(() => {
    if (hasBegun()) begun.resolve();
  });
  try {
    await Promise.race([command, begun.promise]);
  } catch (error) {
    if (!hasCode(error, "command-deadline")) throw error;
  } finally {
    stopListening();
  }
}
