// Tags: the labels of torrents.

import { jsonResponse } from "../routes/route.ts";
import type { TorrentRow } from "../view/torrent-row.ts";
import { done, type Answer, type DialectCall } from "./dialect-call.ts";
import { forEachRow, rowsNamed } from "./named-torrents.ts";
import { partsOf } from "./request-fields.ts";

/** The labels of all torrents, each once, in their order. */
export function tagsOf(rows: readonly TorrentRow[]): readonly string[] {
  return [...new Set(rows.flatMap(({ labels }) => labels))].toSorted();
}

/** Answers `torrents/tags`. */
export const showTags: Answer = async ({ calls }) =>
  jsonResponse(tagsOf((await calls.view()).rows));

/** Answers `torrents/addTags`. */
export const addTags: Answer = async (call) => {
  const hashes = call.fields.required("hashes");
  const tags = partsOf(call.fields.required("tags"), ",");
  const rows = rowsNamed(await call.calls.view(), hashes);
  return await relabel(call, rows, (labels) => [...new Set([...labels, ...tags])]);
};

/** Answers `torrents/removeTags`. Without tags it removes all of them. */
export const removeTags: Answer = async (call) => {
  const hashes = call.fields.required("hashes");
  const tags = partsOf(call.fields.text("tags") ?? "", ",");
  const rows = rowsNamed(await call.calls.view(), hashes);
  return await relabel(call, rows, (labels) =>
    tags.length === 0 ? [] : labels.filter((label) => !tags.includes(label)),
  );
};

/** Answers `torrents/createTags`: a tag is there while a torrent has it. */
export const createTags: Answer = ({ fields }) => {
  fields.required("tags");
  return done;
};

/** Answers `torrents/deleteTags`: all torrents lose the tags. */
export const deleteTags: Answer = async (call) => {
  const tags = partsOf(call.fields.required("tags"), ",");
  const { rows } = await call.calls.view();
  return await relabel(call, rows, (labels) => labels.filter((label) => !tags.includes(label)));
};

async function relabel(
  { calls }: DialectCall,
  rows: readonly TorrentRow[],
  change: (labels: readonly string[]) => readonly string[],
) {
  await forEachRow(rows, async ({ labels: before, torrent }) => {
    const labels = change(before);
    if (labels.length !== before.length) await calls.run("set", { torrent, labels });
  });
  return done;
}
