// The fields about the files of a torrent.

import type { CommandResults } from "@troupe/control/commands";
import type { TorrentRow } from "../../view/torrent-row.ts";
import type { Values } from "../values.ts";
import { protocolPriority } from "../file-priorities.ts";

type Files = CommandResults["files"];

/** The field `files`. */
export function filesField(files: Files, row: TorrentRow): readonly Values[] {
  return files.map((file) => {
    const [first = 0, last = first - 1] = file.pieceRange ?? [];
    return {
      begin_piece: first,
      bytes_completed: file.haveBytes,
      // The piece behind the last.
      end_piece: last + 1,
      length: file.lengthBytes,
      name: nameOf(file, row),
    };
  });
}

/** The field `file_stats`. */
export function fileStats(files: Files): readonly Values[] {
  return files.map(({ haveBytes, priority }) => ({
    bytes_completed: haveBytes,
    priority: protocolPriority(priority),
    wanted: priority > 0,
  }));
}

/** The field `bytes_completed`. */
export function bytesCompleted(files: Files): readonly number[] {
  return files.map(({ haveBytes }) => haveBytes);
}

/** The field `priorities`. */
export function priorities(files: Files): readonly number[] {
  return files.map(({ priority }) => protocolPriority(priority));
}

/** The field `wanted`. */
export function wanted(files: Files): readonly boolean[] {
  return files.map(({ priority }) => priority > 0);
}

/** The path below the folder of the torrent, as `torrent_rename_path` takes it. */
function nameOf({ path, torrentPath }: Files[number], { directory }: TorrentRow): string {
  const folder = directory.replaceAll("\\", "/").replace(/\/*$/, "/");
  const plain = path.replaceAll("\\", "/");
  return plain.startsWith(folder) ? plain.slice(folder.length) : torrentPath;
}
