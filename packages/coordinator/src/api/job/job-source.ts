// The .torrent of a job in its folder, or its magnet link until the metadata is known:
//
//   <folder>/.troupe/job.torrent
//   <folder>/.troupe/job.magnet

import { unlink } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "@troupe/actor-runtime";
import { readBounded, syncFolder } from "@troupe/api-base";
import { maxTorrentBytes } from "@troupe/protocol/metainfo";
import { jobMagnetFile, jobTorrentFile, ownFolder } from "../../own-folder.ts";
import { replaceFile } from "../replace-file.ts";
import type { LoadedMetainfo } from "./load-metainfo.ts";
import {
  decodeMagnetFile,
  encodeMagnetFile,
  magnetFileLimitBytes,
  type SavedMagnet,
} from "./magnet-file.ts";

/** A .torrent or a magnet link, not parsed. */
export type JobSource =
  | Pick<LoadedMetainfo, "kind" | "metainfo">
  | ({ readonly kind: "magnet" } & SavedMagnet);

/** @param directory Has the folder `.troupe`. @throws rejects with a system error. */
export async function writeJobSource(directory: string, source: JobSource): Promise<void> {
  const folder = join(directory, ownFolder);
  const isMagnet = source.kind === "magnet";
  const bytes = isMagnet ? encodeMagnetFile(source) : source.metainfo;
  const path = join(folder, isMagnet ? jobMagnetFile : jobTorrentFile);
  await replaceFile(path, bytes, { beginning: join(folder, ".torrent") });
  if (!isMagnet) await unlink(join(folder, jobMagnetFile)).catch(() => undefined);
  await syncFolder(folder);
}

/** @returns The source, and the path of its file. @throws rejects with a system error. */
export async function readJobSource(
  directory: string,
): Promise<{ readonly path: string; readonly source: JobSource }> {
  const path = join(directory, ownFolder, jobTorrentFile);
  try {
    const metainfo = await readBounded(path, maxTorrentBytes);
    return { path, source: { kind: "metainfo", metainfo } };
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    const linkPath = join(directory, ownFolder, jobMagnetFile);
    // A job without both files lacks its .torrent.
    const bytes = await readBounded(linkPath, magnetFileLimitBytes).catch(() =>
      Promise.reject(error),
    );
    return { path: linkPath, source: { kind: "magnet", ...decodeMagnetFile(bytes) } };
  }
}
