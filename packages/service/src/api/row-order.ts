// The order of rows in lists, and the place of a page in it.

import { outOfRange, spelled } from "@troupe/control";
import { commands } from "@troupe/control/commands";
import type { TorrentRow } from "../view/torrent-row.ts";

/** A field that rows are sorted by. Rows without a value come last. */
type SortValue = boolean | number | string | undefined;

/** Texts are compared by so many UTF-16 code units, so that a cursor is short. */
const comparedLength = 100;

const plainKinds: ReadonlySet<string> = new Set([
  "figure",
  "flag",
  "path",
  "text",
  "whole",
  "word",
]);
const { fields } = commands.status.result;

/** Names of the fields of a row. */
export const rowFields = Object.keys(fields);

/** Names of the fields that rows are sorted by: those that are no lists and no objects. */
export const sortFields: readonly string[] = Object.entries(fields).flatMap(([name, gate]) =>
  plainKinds.has(gate.kind) ? [name] : [],
);

/** The place of a row in an order, which stays when other rows come and go. */
interface RowPlace {
  readonly value: SortValue;
  /** Orders rows with the same value. */
  readonly torrent: string;
}

/** An order of rows. */
export interface RowOrder {
  placeOf(row: TorrentRow): RowPlace;
  /** Negative where `one` comes first. */
  compare(one: RowPlace, other: RowPlace): number;
}

/** @param sort One of {@link sortFields}, with `-` before it for the reverse order. */
export function rowOrder(sort: string): RowOrder {
  const sign = sort.startsWith("-") ? -1 : 1;
  const field = sort.replace(/^-/, "") as keyof TorrentRow;
  return {
    placeOf: (row) => ({ value: sortValue(row[field]), torrent: row.torrent }),
    compare: (one, other) =>
      compareValues(one.value, other.value, sign) ||
      sign * (one.torrent < other.torrent ? -1 : Number(one.torrent > other.torrent)),
  };
}

function sortValue(value: unknown): SortValue {
  if (typeof value === "string") return value.slice(0, comparedLength);
  return typeof value === "number" || typeof value === "boolean" ? value : undefined;
}

function compareValues(one: SortValue, other: SortValue, sign: number): number {
  if (one === other) return 0;
  if (one === undefined) return 1;
  if (other === undefined) return -1;
  return one < other ? -sign : sign;
}

/** The end of a page, and what the pages after it go on with. */
export interface PageEnd {
  /** The version of the view at the first page. */
  readonly version: number;
  /** All rows are listed, not those that changed. */
  readonly isWhole: boolean;
  readonly sort: string;
  /** The place of the last row. */
  readonly last: RowPlace;
}

/** A cursor: base64url of at most 600 bytes of text, and of the rest. */
export const cursorPattern = "[A-Za-z0-9_-]{1,1200}";

/** The text of a cursor, for the address of the next page. */
export function cursorOf({ version, isWhole, sort, last }: PageEnd): string {
  const parts = [version, isWhole, sort, last.torrent, last.value ?? null];
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** @param sort The order that the request asks for. @throws TroupeError `option-out-of-range` */
export function readCursor(cursor: string, sort: string): PageEnd {
  const end = pageEndIn(cursor);
  if (end !== undefined && end.sort === sort) return end;
  throw outOfRange("cursor", spelled(cursor), `the cursor of a page with the sort ${sort}`);
}

function pageEndIn(cursor: string): PageEnd | undefined {
  const parts = jsonIn(Buffer.from(cursor, "base64url").toString());
  if (!Array.isArray(parts) || parts.length !== 5) return undefined;
  const [version, isWhole, sort, torrent, value]: readonly unknown[] = parts;
  if (!Number.isSafeInteger(version) || typeof isWhole !== "boolean") return undefined;
  if (typeof sort !== "string" || typeof torrent !== "string") return undefined;
  if (value !== null && typeof value === "object") return undefined;
  return { version: Number(version), isWhole, sort, last: { value: sortValue(value), torrent } };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
