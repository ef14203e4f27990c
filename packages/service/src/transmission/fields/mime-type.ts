import type { TorrentRow } from "../../view/torrent-row.ts";

const unknownType = "application/octet-stream";

/** Types by the extensions of the files that torrents have most. */
const types: ReadonlyMap<string, string> = new Map([
  ["7z", "application/x-7z-compressed"],
  ["avi", "video/x-msvideo"],
  ["epub", "application/epub+zip"],
  ["flac", "audio/flac"],
  ["gz", "application/gzip"],
  ["iso", "application/x-iso9660-image"],
  ["jpg", "image/jpeg"],
  ["m4a", "audio/mp4"],
  ["m4v", "video/mp4"],
  ["mkv", "video/x-matroska"],
  ["mov", "video/quicktime"],
  ["mp3", "audio/mpeg"],
  ["mp4", "video/mp4"],
  ["mpg", "video/mpeg"],
  ["ogg", "audio/ogg"],
  ["pdf", "application/pdf"],
  ["png", "image/png"],
  ["rar", "application/vnd.rar"],
  ["tar", "application/x-tar"],
  ["txt", "text/plain"],
  ["wav", "audio/wav"],
  ["webm", "video/webm"],
  ["wmv", "video/x-ms-wmv"],
  ["xz", "application/x-xz"],
  ["zip", "application/zip"],
]);

/** The type of a torrent with one file, by its name. Clients choose an icon by it. */
export function mimeTypeOf({ name, files }: Pick<TorrentRow, "files" | "name">): string {
  if (files !== 1) return unknownType;
  const extension = /\.([^.]+)$/.exec(name)?.[1] ?? "";
  return types.get(extension.toLowerCase()) ?? unknownType;
}
