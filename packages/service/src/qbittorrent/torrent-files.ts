// The files of a torrent. Padding has no number: qBittorrent leaves it out.

import { spelled, TroupeError } from "@troupe/control";
import type { CommandResults } from "@troupe/control/commands";
import { jsonResponse, type ServiceResponse } from "../routes/route.ts";
import type { TorrentRow } from "../view/torrent-row.ts";
import { constantsOf } from "./constants.ts";
import { done, type DialectCall } from "./dialect-call.ts";
import { rowOf } from "./named-torrents.ts";
import { wholeOf } from "./request-fields.ts";
import type { TorrentFields } from "./torrent-info.ts";

type FileRow = CommandResults["files"][number];

/** A file with its number among those that are no padding, and its number in Troupe. */
interface NumberedFile {
  readonly index: number;
  readonly file: number;
  readonly row: FileRow;
}

/** Not wanted, normal, high, highest. */
const priorities = [0, 1, 6, 7] as const;
const [, normal, high, highest] = priorities;
const constants = constantsOf("torrents/files");
const ofComplete = -1;

/** Answers `torrents/files`. */
export async function showFiles(call: DialectCall): Promise<ServiceResponse> {
  const row = await rowOf(call);
  const files = await filesOf(call, row);
  const indexes = call.fields.text("indexes");
  const shown = indexes === undefined ? files : filesAt(indexes, files);
  return jsonResponse(shown.map((file) => shownFile(file, row)));
}

/** Answers `torrents/filePrio`. */
export async function setFilePriority(call: DialectCall): Promise<ServiceResponse> {
  const { fields, calls } = call;
  const [ids, seen] = [fields.required("id"), fields.requiredWhole("priority")];
  const priority = priorities.find((each) => each === seen);
  if (priority === undefined)
    throw new TroupeError(
      "parameter-wrong",
      `the parameter priority is ${seen}; allowed are ${priorities.join(", ")}`,
    );
  const row = await rowOf(call);
  if (!row.hasMetadata)
    throw new TroupeError("metadata-unknown", "the files of the torrent are not known yet");
  const files = await filesOf(call, row);
  const chosen = ids.split("|").map((id) => {
    const index = wholeOf(id);
    if (index === undefined)
      throw new TroupeError("parameter-wrong", `the file number ${spelled(id)} is no number`);
    return files[index] ?? refuseIndex(id);
  });
  await calls.run("set-priorities", {
    torrent: row.torrent,
    priorities: chosen.map(({ file }) => ({ file, priority })),
  });
  return done;
}

async function filesOf({ calls }: DialectCall, row: TorrentRow): Promise<readonly NumberedFile[]> {
  if (!row.hasMetadata) return [];
  const all = await calls.ask("files", row.torrent);
  return all
    .map((each, file) => ({ file, row: each }))
    .filter((each) => !each.row.isPadding)
    .map((each, index) => ({ ...each, index }));
}

/** @throws TroupeError `parameter-conflict` */
function filesAt(indexes: string, files: readonly NumberedFile[]): readonly NumberedFile[] {
  return indexes.split("|").map((text) => files[wholeOf(text) ?? -1] ?? refuseIndex(text));
}

function refuseIndex(seen: string): never {
  throw new TroupeError("parameter-conflict", `the torrent has no file ${spelled(seen)}`);
}

function shownFile({ index, row: file }: NumberedFile, row: TorrentRow): TorrentFields {
  const { haveBytes, lengthBytes } = file;
  return {
    ...constants,
    index,
    name: nameOf(file, row.directory),
    size: lengthBytes,
    progress: lengthBytes === 0 ? 1 : haveBytes / lengthBytes,
    priority: shownPriority(file.priority),
    piece_range: pieceRange(file, row),
    ...(row.isSeed && { availability: ofComplete }),
    ...(index === 0 && { is_seed: row.isComplete }),
  };
}

/** The path below the data folder. */
function nameOf({ path, torrentPath }: FileRow, directory: string): string {
  const rest = path.startsWith(directory) ? path.slice(directory.length) : undefined;
  return rest === undefined ? torrentPath : rest.replaceAll("\\", "/").replace(/^\/+/, "");
}

/** Troupe has 65,535 priorities. */
function shownPriority(priority: number): number {
  if (priority <= normal) return priority;
  return priority < highest ? high : highest;
}

/** Pieces of a file. A file without bytes has the piece at its place. */
function pieceRange(
  { offset, pieceRange: range }: FileRow,
  { pieceLengthBytes, pieces }: TorrentRow,
): readonly number[] {
  if (range !== undefined) return range;
  const piece = Math.min(
    Math.floor(offset / Math.max(1, pieceLengthBytes)),
    Math.max(0, pieces - 1),
  );
  return [piece, piece];
}
