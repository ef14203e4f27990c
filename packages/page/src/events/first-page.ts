// The first page of the list: it is shown before the others come.

import { get } from "../api/request.ts";
import type { Result } from "../api/result.ts";
import { listFields, type GivenRow } from "./list-row.ts";

/** Torrents of the first page: as many as a tall screen shows. */
const firstRows = 40;
/** The order in which the list begins: the first page has its top. */
const firstSort = "-addedAt";

/** A page of the list. */
interface RowPage {
  readonly torrents: readonly GivenRow[];
  readonly cursor?: string;
}

/** Gets a page. @param cursor The cursor of the page before; undefined: the first page. */
export async function getPage(cursor?: string, signal?: AbortSignal): Promise<Result<RowPage>> {
  const query = new URLSearchParams({ sort: firstSort, fields: listFields.join() });
  if (cursor === undefined) query.set("limit", String(firstRows));
  else query.set("cursor", cursor);
  return await get<RowPage>(`torrents?${query.toString()}`, signal);
}
