// Playlists of a torrent's files, as players read them: M3U with names, in UTF-8.

import { cleanText } from "@troupe/protocol/text";
import type { CommandResults } from "@troupe/control/commands";

/** Characters of a shown name. */
const longestName = 300;

/** Indexes and names of the files that can be played: wanted, with bytes, with sound or moving pictures. */
export async function playableFiles(
  files: CommandResults["files"],
): Promise<readonly { readonly file: number; readonly name: string }[]> {
  // Its table of media types is loaded for the first playlist.
  const { isPlayable } = await import("@troupe/file-http");
  return files.flatMap(({ isPadding, lengthBytes, priority, torrentPath }, file) => {
    const isMeant = !isPadding && lengthBytes > 0 && priority > 0 && isPlayable(torrentPath);
    const name = torrentPath.slice(torrentPath.lastIndexOf("/") + 1);
    return isMeant ? [{ file, name }] : [];
  });
}

/** The text of a playlist. A name in it has no line ends. */
export function playlistText(
  entries: readonly { readonly name: string; readonly url: string }[],
): string {
  const lines = entries.map(
    ({ name, url }) => `#EXTINF:-1,${cleanText(name, longestName)}\n${url}\n`,
  );
  return `#EXTM3U\n${lines.join("")}`;
}
