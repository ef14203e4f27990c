// A new .torrent: its `info`, piece layers, and what an edit sets.

import { encode } from "../../bencode/bencode-encode.ts";
import { withEdits } from "../edit-torrent.ts";
import type { Metainfo } from "../metainfo.ts";
import { parseTorrent } from "../parse-torrent.ts";
import { bencodedString } from "../splice-dictionary.ts";
import type { TorrentEdits } from "../torrent-edits.ts";
import { newInfo, type NewContent } from "./info-dictionary.ts";

/** Fields beside the content. */
interface NewFields {
  /** Trackers, web seeds, nodes, comment, hints, and fields of `info`. */
  readonly edits: TorrentEdits;
  readonly createdBy?: string | undefined;
  /** Seconds since 1970. */
  readonly creationDate?: number | undefined;
}

/** A new .torrent. */
export interface NewTorrent {
  readonly bytes: Uint8Array;
  /** Its fields, as {@link parseTorrent} reads them. */
  readonly metainfo: Metainfo;
}

/**
 * Writes a .torrent, and reads it as any other: equal input gives equal bytes.
 *
 * @throws {ProtocolError} the gate's error: no bytes, too many pieces, too large; `field-invalid` for a field.
 */
export function newTorrent(
  content: NewContent,
  { createdBy, creationDate, edits }: NewFields,
): NewTorrent {
  const { info, layers } = newInfo(content);
  const rest = layers === undefined ? [] : [bencodedString("piece layers"), layers];
  const parts = [Buffer.from("d4:info"), info, ...rest, Buffer.from("e")];
  const whole = new Uint8Array(Buffer.concat(parts));
  const notes = new Map<string, Uint8Array>();
  if (createdBy !== undefined) notes.set("created by", bencodedString(createdBy));
  if (creationDate !== undefined) notes.set("creation date", encode(creationDate));
  const bytes = withEdits(whole, edits, notes);
  return { bytes, metainfo: parseTorrent(bytes) };
}
