// The values of our lists beside those that the engine tells, when all is at rest.

import { isDeepStrictEqual } from "node:util";
import type { Polled } from "./polled.ts";

type Row = Readonly<Record<string, unknown>>;
const pageRows = 500;

/** @returns A sentence about the values of all rows. */
export async function differingValues(program: Polled): Promise<string> {
  const told = new Map((await engineRows(program)).map((row) => [row["torrent"], row]));
  const listed = await listedRows(program);
  let values = 0;
  const differing: string[] = [];
  for (const row of listed) {
    const engine = told.get(row["torrent"]);
    for (const key of Object.keys(engine ?? {})) {
      values++;
      if (!isDeepStrictEqual(row[key], engine?.[key]))
        differing.push(`${String(row["torrent"])} ${key}`);
    }
  }
  const rows = `${listed.length} rows of the list, ${told.size} of the engine`;
  return `${rows}: ${values} values, ${differing.length} differ ${differing.slice(0, 10).join(", ")}`;
}

async function engineRows(program: Polled): Promise<readonly Row[]> {
  return JSON.parse(await program.ask("/api/v1/commands/list")).result;
}

async function listedRows(program: Polled): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const next = cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page = JSON.parse(await program.ask(`/api/v1/torrents?limit=${pageRows}${next}`));
    rows.push(...page.torrents);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return rows;
}
