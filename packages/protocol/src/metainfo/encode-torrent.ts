import { type Encodable, encode } from "../bencode/bencode-encode.ts";
import type { Metainfo } from "./metainfo.ts";
import { parseTorrent } from "./parse-torrent.ts";

/** A file to write. */
export interface TorrentFileDescription {
  /** Below the torrent's folder, at least one part. */
  readonly path: readonly string[];
  readonly lengthBytes: number;
  /** Zeros that no peer requests (BEP 47). */
  readonly isPadding?: boolean;
}

/** A version 1 torrent (BEP 3, 5, 12, 19, 27, 47): `lengthBytes` of a file, or the `files` of a folder. */
export type TorrentDescription = {
  readonly pieceLengthBytes: number;
  /** The SHA-1 of each piece in order, end to end. */
  readonly pieceHashes: Uint8Array;
} & Pick<Metainfo, "name"> &
  Partial<
    Pick<
      Metainfo,
      "trackers" | "webSeeds" | "nodes" | "isPrivate" | "comment" | "createdBy" | "creationDate"
    >
  > &
  ({ readonly files: readonly TorrentFileDescription[] } | { readonly lengthBytes: number });

/**
 * @returns Bytes that {@link parseTorrent} accepts.
 * @throws {ProtocolError} `bencode-not-encodable`, or the gate's error: contradictory sizes, no bytes, too many pieces.
 */
export function encodeTorrent(torrent: TorrentDescription): Uint8Array {
  const { nodes = [], webSeeds = [] } = torrent;
  const tiers = torrent.trackers?.filter((tier) => tier.length > 0) ?? [];
  const firstUrl = tiers[0]?.[0];
  const urlCount = tiers.reduce((count, tier) => count + tier.length, 0);
  const bytes = encode({
    ...(firstUrl !== undefined && { announce: firstUrl }),
    ...(urlCount > 1 && { "announce-list": tiers }),
    ...(torrent.comment !== undefined && { comment: torrent.comment }),
    ...(torrent.createdBy !== undefined && { "created by": torrent.createdBy }),
    ...(torrent.creationDate !== undefined && { "creation date": torrent.creationDate }),
    info: infoOf(torrent),
    ...(nodes.length > 0 && { nodes: nodes.map(({ host, port }) => [host, port]) }),
    ...(webSeeds.length > 0 && { "url-list": webSeeds }),
  });
  parseTorrent(bytes);
  return bytes;
}

/** Parts of a .torrent around a ready `info` dictionary. */
interface ReadyInfo {
  /** The encoded dictionary, kept byte for byte: the info-hash is its hash. */
  readonly info: Uint8Array;
  readonly trackers: readonly (readonly string[])[];
  /** BEP 19. */
  readonly webSeeds?: readonly string[];
}

/** @returns A .torrent with this dictionary, which is not looked at. */
export function wrapInfo({ info, trackers, webSeeds = [] }: ReadyInfo): Uint8Array {
  const firstUrl = trackers.flat()[0];
  const before = encode({
    ...(firstUrl !== undefined && { announce: firstUrl }),
    ...(trackers.flat().length > 1 && { "announce-list": trackers }),
  });
  const after = encode(webSeeds.length > 0 ? { "url-list": webSeeds } : {});
  // The dictionary's keys are in order: those before `info`, `info`, those after it.
  const parts = [before.subarray(0, -1), Buffer.from("4:info"), info, after.subarray(1)];
  return new Uint8Array(Buffer.concat(parts));
}

function fileOf({ path, lengthBytes, isPadding }: TorrentFileDescription): Encodable {
  return { ...(isPadding === true && { attr: "p" }), length: lengthBytes, path };
}

function infoOf(torrent: TorrentDescription): Encodable {
  const content: { readonly [key: string]: Encodable } =
    "files" in torrent ? { files: torrent.files.map(fileOf) } : { length: torrent.lengthBytes };
  return {
    ...content,
    name: torrent.name,
    "piece length": torrent.pieceLengthBytes,
    pieces: torrent.pieceHashes,
    ...(torrent.isPrivate === true && { private: 1 }),
  };
}
