// The list of torrents: filtered, sorted, in pages, and as changes after a version.

import { jsonResponse } from "../routes/route.ts";
import type { TorrentRow } from "../view/torrent-row.ts";
import type { TorrentView } from "../view/torrent-view.ts";
import { withErrors } from "./api-answer.ts";
import { apiPrefix, type ApiOperation } from "./api-operation.ts";
import { torrentSchema } from "./command-schemas.ts";
import { listQuery, readListQuery, type ListQuery } from "./list-query.ts";
import { versionSchema } from "./openapi-reference.ts";
import { cursorOf, readCursor, rowOrder, type PageEnd, type RowOrder } from "./row-order.ts";

/** The operation of the list. */
export const listOperation: ApiOperation = {
  method: "GET",
  path: `${apiPrefix}/torrents`,
  id: "list-torrents",
  text: "Lists torrents: filtered, sorted, in pages, all or those that changed after a version.",
  right: "read",
  body: "none",
  query: listQuery,
  errors: [],
  result: pageSchema,
  answer: withErrors(async ({ calls, query }) => {
    const asked = readListQuery(query);
    return jsonResponse(pageOf(await calls.view(), asked));
  }),
};

/** A page of the list. */
interface Page {
  /** The version of the view at the first page: changes after it are asked for once the last page has come. */
  readonly version: number;
  /** The version of `since` is not known: this is the first page of all torrents. */
  readonly reset?: true;
  readonly torrents: readonly object[];
  /** Torrents that are no longer in the list; on the first page of changes alone. */
  readonly removed?: readonly string[];
  /** There is a page after this one. */
  readonly cursor?: string;
}

/** Rows among which the page is, and the place where it begins. */
interface Listing {
  readonly rows: readonly TorrentRow[];
  readonly removed?: readonly string[];
  readonly version: number;
  readonly isWhole: boolean;
  readonly after?: PageEnd["last"] | undefined;
}

function pageOf(view: TorrentView, query: ListQuery): Page {
  const { cursor, fields, limit, since, sort } = query;
  const order = rowOrder(sort);
  const end = cursor === undefined ? undefined : readCursor(cursor, sort);
  const listing = listingOf(view, query, end);
  const { isWhole, rows, version } = listing;
  const sorted = rowsAfter(rows, order, listing.after);
  const page = sorted.slice(0, limit);
  const last = page.at(-1);
  const isReset = since !== undefined && isWhole && listing.after === undefined;
  return {
    version,
    ...(isReset && { reset: true }),
    torrents: fields === undefined ? page : page.map((row) => fieldsOf(row, fields)),
    ...(listing.removed && { removed: listing.removed }),
    ...(last !== undefined &&
      sorted.length > limit && {
        cursor: cursorOf({ version, isWhole, sort, last: order.placeOf(last) }),
      }),
  };
}

function listingOf(
  view: TorrentView,
  { includes, since }: ListQuery,
  end: PageEnd | undefined,
): Listing {
  const { version } = end ?? view;
  if (since === undefined || end?.isWhole === true)
    return { rows: view.rows.filter(includes), version, isWhole: true, after: end?.last };
  const delta = view.since(since);
  // Pages of changes that are no longer known begin again, with all torrents.
  if (delta === undefined)
    return { rows: view.rows.filter(includes), version: view.version, isWhole: true };
  const rows = delta.rows.filter(includes);
  if (end !== undefined) return { rows, version, isWhole: false, after: end.last };
  // A torrent that changed may have been in the list before.
  const others = delta.rows.filter((row) => !includes(row)).map(({ torrent }) => torrent);
  return { rows, removed: [...delta.removed, ...others], version, isWhole: false };
}

function rowsAfter(
  rows: readonly TorrentRow[],
  order: RowOrder,
  after: PageEnd["last"] | undefined,
): TorrentRow[] {
  const placed = rows.map((row) => ({ row, place: order.placeOf(row) }));
  const left =
    after === undefined ? placed : placed.filter(({ place }) => order.compare(place, after) > 0);
  return left.sort((one, other) => order.compare(one.place, other.place)).map(({ row }) => row);
}

function fieldsOf(row: TorrentRow, fields: readonly string[]): object {
  const chosen = Object.entries(row).filter(
    ([name]) => name === "torrent" || fields.includes(name),
  );
  return Object.fromEntries(chosen);
}

function pageSchema(): ReturnType<ApiOperation["result"]> {
  const torrent = { ...torrentSchema(), required: ["torrent"] };
  return {
    type: "object",
    properties: {
      version: versionSchema,
      reset: {
        const: true,
        description: "The version of `since` is not known: this is the first page of all torrents.",
      },
      torrents: { type: "array", items: torrent, maxItems: listQuery.limit.gate.max },
      removed: {
        type: "array",
        items: { type: "string" },
        description: "Torrents that are no longer in the list; on the first page of changes alone.",
      },
      cursor: { type: "string", description: "There is a page after this one." },
    },
    required: ["version", "torrents"],
  };
}
