// Facts of a torrent that only its .torrent has.

import {
  type BencodeValue,
  bencodeLimits,
  decodePrefix,
  integerOr,
} from "@troupe/protocol/bencode";
import { cleanText } from "@troupe/protocol/text";
import { orElse, type DialectCall } from "./dialect-call.ts";

const hashBytes = 20;
const longestComment = 4_096;
const longestCreator = 256;
/** The last second of a Date. */
const lastSecond = 8.64e12;

/** Fields of a .torrent that are not checked when it is added. */
export interface SavedNotes {
  readonly comment: string;
  readonly createdBy: string;
  /** Seconds since 1970; 0 without one. */
  readonly createdAt: number;
}

/** The .torrent of a torrent. @returns Undefined before its metadata is known. */
export async function metainfoOf(
  calls: DialectCall["calls"],
  torrent: string,
): Promise<Uint8Array | undefined> {
  const text = await orElse(calls.ask("metainfo", torrent), undefined, "metadata-unknown");
  return text === undefined ? undefined : Buffer.from(text, "base64");
}

/** The notes in a .torrent that the engine has accepted. */
export function notesIn(metainfo: Uint8Array): SavedNotes {
  const { root } = decodePrefix(metainfo, bencodeLimits.file);
  return {
    comment: textIn(root.get("comment"), longestComment),
    createdBy: textIn(root.get("created by"), longestCreator),
    createdAt: integerOr(root.get("creation date"), 0, lastSecond, 0),
  };
}

/** The hashes of the pieces of a .torrent, in hexadecimal digits. */
export function pieceHashesIn(metainfo: Uint8Array): readonly string[] {
  const { root } = decodePrefix(metainfo, bencodeLimits.file);
  const bytes = root.get("info")?.get("pieces")?.string ?? new Uint8Array(0);
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
  const count = Math.floor(bytes.byteLength / hashBytes);
  return Array.from({ length: count }, (_, piece) =>
    hex.slice(piece * 2 * hashBytes, (piece + 1) * 2 * hashBytes),
  );
}

function textIn(value: BencodeValue | undefined, longest: number): string {
  return cleanText(value?.string ?? "", longest);
}
