// A source as `troupe add` sends it to the service.

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { systemSentence } from "@troupe/actor-runtime/system-sentence";
import { isMagnetText, parseMagnet } from "@troupe/protocol/magnet";
import { maxTorrentBytes } from "@troupe/protocol/metainfo";
import { cleanText } from "@troupe/protocol/text";
import type { Environment } from "../../environment.ts";
import { CommandError } from "../../failure.ts";
import { originOf } from "../../source.ts";
import type { NamedSource } from "../source-list.ts";

/** The arguments of `add` for a source: a link that the service follows, or a .torrent in base64. */
type SourceArguments = { readonly source: string } | { readonly metainfo: string };

/**
 * @throws CommandError `torrent-not-found`, `torrent-unreadable`, `torrent-too-large`; ProtocolError for a magnet link that
 *   is malformed.
 */
export async function sourceArguments(
  { name, bytes }: NamedSource,
  { currentFolder }: Pick<Environment, "currentFolder">,
): Promise<SourceArguments> {
  if (bytes !== undefined) return metainfo(bytes);
  if (originOf(name) === "network") return { source: name };
  if (!isMagnetText(name)) return metainfo(await readTorrent(resolve(currentFolder, name)));
  const { infoHash, infoHashes } = parseMagnet(name);
  return { source: /^\s*magnet:/i.test(name) ? name.trim() : (infoHashes.v2 ?? infoHash) };
}

function metainfo(bytes: Uint8Array): SourceArguments {
  return { metainfo: Buffer.from(bytes).toString("base64") };
}

/** @param path Absolute. */
async function readTorrent(path: string): Promise<Uint8Array> {
  const seen = cleanText(path, 200);
  try {
    // A FIFO would block the reader.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) throw new CommandError("torrent-unreadable", `${seen} is no file`);
    if (stat.size > maxTorrentBytes) throw tooLarge(seen, stat.size);
    return await file.readFile();
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    const isMissing = code === "ENOENT" || code === "ENOTDIR";
    if (isMissing)
      throw new CommandError("torrent-not-found", `there is no file ${seen}`, { cause });
    const message = `cannot read ${seen}: ${systemSentence(cause)}`;
    throw new CommandError("torrent-unreadable", message, { cause });
  }
}

function tooLarge(seen: string, lengthBytes: number): CommandError {
  const message = `cannot read ${seen}: it has ${lengthBytes} bytes, allowed are ${maxTorrentBytes}`;
  return new CommandError("torrent-too-large", message);
}
