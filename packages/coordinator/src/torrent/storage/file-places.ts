// Where the files of a torrent lie that are not at the paths of its .torrent: renamed, unfinished with a suffix, or found
// under another spelling.

import type { PlacedFile, StorageOpened } from "@troupe/messages";
import type { JobWithContent } from "../torrent-job.ts";
import { renamesOf } from "./file-names.ts";

type PlacedJob = Pick<JobWithContent, "content" | "outbox" | "request" | "storage">;

/** Takes the places that an opening has found, besides those of renamed files, and reports them if they have changed. */
export function notePlaces(job: PlacedJob, { placed = [] }: Pick<StorageOpened, "placed">): void {
  const renamed = [...renamesOf(job)].map(([file, { path }]) => ({ file, path }));
  const { outbox, storage } = job;
  const places = new Map<number, string>();
  for (const place of [...renamed, ...placed]) setPlace(job, places, place);
  const isKnown = ([file, path]: [number, string]): boolean => storage.placed.get(file) === path;
  if (places.size === storage.placed.size && [...places].every(isKnown)) return;
  storage.placed = places;
  outbox.emit({ event: "files-placed", files: listOf(places) });
}

/** Takes new places of some files. */
export function changePlaces(job: PlacedJob, placed: readonly PlacedFile[] = []): void {
  if (placed.length === 0) return;
  const { outbox, storage } = job;
  if (storage.placed.size === 0) storage.placed = new Map();
  for (const place of placed) setPlace(job, storage.placed, place);
  outbox.emit({ event: "files-placed", files: placed, isChange: true });
}

function setPlace(
  { content }: PlacedJob,
  places: Map<number, string>,
  { file, path }: PlacedFile,
): void {
  const own = content.metainfo.files[file]?.path.join("/");
  if (path === own) places.delete(file);
  else places.set(file, path);
}

function listOf(places: ReadonlyMap<number, string>): PlacedFile[] {
  return [...places].map(([file, path]) => ({ file, path }));
}
