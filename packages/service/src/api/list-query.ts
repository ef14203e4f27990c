import { flag, list, text, whole, word } from "@troupe/control";
import { commands } from "@troupe/control/commands";
import type { TorrentRow } from "../view/torrent-row.ts";
import type { QueryRows } from "./api-operation.ts";
import { readQuery } from "./api-query.ts";
import { cursorPattern, rowFields, sortFields } from "./row-order.ts";

/** Rows of a page; more are not given at once. */
const mostRows = 500;
const usualSort = "number";

const { fields } = commands.status.result;
const anyName = text(String.raw`[\s\S]{0,100}`, "a text of 100 characters at most");
const sorts = [...sortFields, ...sortFields.map((name) => `-${name}`)];

/** The parameters of the list of torrents. */
export const listQuery = {
  state: { gate: fields.state, text: "Torrents in this state." },
  label: { gate: anyName, text: "Torrents with this label; empty: those without labels." },
  group: { gate: anyName, text: "Torrents of this group; empty: those without one." },
  text: { gate: anyName, text: "Torrents with this text in their name, in any case." },
  complete: { gate: flag, text: "Torrents that have all that they want, or that do not." },
  sort: {
    gate: word(...sorts),
    default: usualSort,
    text: "The field that orders the torrents, with `-` before it for the reverse order. Torrents without the field come last; texts are compared by their first 100 characters.",
  },
  limit: { gate: whole(1, mostRows), default: mostRows, text: "Torrents of a page." },
  cursor: {
    gate: text(cursorPattern, "the cursor of a page"),
    text: "The `cursor` of a page, for the page after it. The other parameters stay the same.",
  },
  since: {
    gate: whole(0, Number.MAX_SAFE_INTEGER),
    text: "The `version` of an earlier list: only torrents that changed after it, and those that are no longer in the list.",
  },
  fields: {
    gate: list(word(...rowFields), rowFields.length, 1),
    text: "Fields of a torrent, separated by commas; `torrent` is always among them. Absent: all.",
  },
} as const satisfies QueryRows;

/** A list that a request asks for. */
export interface ListQuery {
  readonly sort: string;
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly since: number | undefined;
  readonly fields: readonly string[] | undefined;
  /** Whether a row is in the list. */
  readonly includes: (row: TorrentRow) => boolean;
}

/** @throws TroupeError `option-unknown`, `option-out-of-range` */
export function readListQuery(query: URLSearchParams): ListQuery {
  const given = readQuery(listQuery, query) as Partial<GivenQuery>;
  const { sort = usualSort, limit = mostRows, cursor, since } = given;
  return { sort, limit, cursor, since, fields: given.fields, includes: filterOf(given) };
}

interface GivenQuery extends Omit<ListQuery, "includes"> {
  readonly state: string;
  readonly label: string;
  readonly group: string;
  readonly text: string;
  readonly complete: boolean;
}

function filterOf({
  state,
  label,
  group,
  text: part,
  complete,
}: Partial<GivenQuery>): ListQuery["includes"] {
  const lower = part?.toLowerCase();
  return (row) =>
    (state === undefined || row.state === state) &&
    (label === undefined ||
      (label === "" ? row.labels.length === 0 : row.labels.includes(label))) &&
    (group === undefined || (row.group ?? "") === group) &&
    (lower === undefined || row.name.toLowerCase().includes(lower)) &&
    (complete === undefined || row.isComplete === complete);
}
