import {
  integerOr,
  invalidField,
  requireBytes,
  requireDictionary,
  requireInteger,
  requireText,
} from "../bencode/bencode-fields.ts";
import {
  type BencodeDocument,
  bencodeLimits,
  decodePrefix,
  trailingBytes,
} from "../bencode/bencode-decode.ts";
import type { BencodeValue } from "../bencode/bencode-value.ts";
import { cleanText } from "../text/clean-text.ts";
import { readTorrentNodes } from "../dht/bep-05-torrent-nodes.ts";
import { ProtocolError } from "../errors.ts";
import { type Geometry, makeGeometry, maxPieces } from "./geometry.ts";
import type { ContentLayout } from "./content-layout.ts";
import { readFiles } from "./metainfo-files.ts";
import type { Metainfo } from "./metainfo.ts";
import { checkHybrid } from "./metainfo-hybrid.ts";
import { readTrackers } from "./metainfo-trackers.ts";
import { digestLength, type HashAlgorithm, PieceHashes } from "./piece-hashes.ts";
import type { NameRule } from "./file-names.ts";
import { ownPathPart, safePathPart } from "./safe-path.ts";
import { sha1 } from "../bytes/sha1.ts";
import { infoHashFromBytes } from "../units.ts";
import { readUrlList } from "../web-seed/bep-19-url-list.ts";

/** Bytes of a .torrent file. */
export const maxTorrentBytes: number = bencodeLimits.file.maxBytes;
/** Bytes of a piece. */
const maxPieceLengthBytes: number = 2 ** 28;

/** Algorithm of version 1. */
const pieceAlgorithm: HashAlgorithm = "sha1";
const maxCommentLength = 4_096;
const maxCreatorLength = 256;
/** The last second of a Date. */
const maxCreationDate = 8.64e12;

/** Options of {@link parseTorrent}. */
interface ParseTorrentOptions {
  /** `network` refuses bytes after the end; `file`, the default, warns. */
  readonly source?: "file" | "network";
  /** Default `own`. */
  readonly names?: NameRule;
  /** Default `own`. */
  readonly layout?: ContentLayout;
}

/**
 * Parses a .torrent file (BEP 3, with BEP 5, 12, 19, 27, 47) of any source, version 1 or the version 1 half of a hybrid.
 *
 * @param bytes At most 17 MiB. Read during the call only.
 * @returns A torrent whose sizes agree, with paths that stay below the download folder.
 * @throws {ProtocolError} `torrent-too-large`, `torrent-v2-only`, `torrent-limit`; `field-missing`, `field-wrong-type`
 *   or `field-invalid` with the `field`; any code of {@link decodePrefix}.
 */
export function parseTorrent(bytes: Uint8Array, options: ParseTorrentOptions = {}): Metainfo {
  if (bytes.length > maxTorrentBytes) throw tooLarge(bytes.length);
  const document = decodePrefix(bytes, bencodeLimits.file);
  const warnings: string[] = [];
  if (document.end !== bytes.length) {
    if (options.source === "network") throw trailingBytes(bytes.length, document.end);
    warnings.push(`${bytes.length - document.end} bytes after the end of the torrent are ignored`);
  }
  const torrent = requireDictionary(document.root, "torrent");
  const info = requireDictionary(torrent.get("info"), "info");
  const isHybrid = checkVersion(info, document, warnings);
  const infoHash = infoHashFromBytes(sha1(info.encoded));
  const originalName = readName(info);
  const rule = options.names ?? "own";
  const ownName = ownPathPart(originalName);
  const isNamed = ownName !== undefined;
  const torrentName = isNamed ? originalName : infoHash;
  const name = (rule === "own" ? ownName : safePathPart(originalName)) ?? infoHash;
  const { layout = "own" } = options;
  const list = readFiles(info, { torrentName, isNamed, rule, layout }, warnings);
  if (isHybrid) checkHybrid(info, torrentName, list, layout);
  const { files, isSingleFile, totalBytes } = list;
  const geometry = readGeometry(info, totalBytes);
  return {
    infoHash,
    infoHashes: { v1: infoHash },
    name,
    geometry,
    ...readPieceHashes(info, geometry),
    files,
    isSingleFile,
    isPrivate: readPrivate(info),
    trackers: readTrackers(torrent, warnings),
    webSeeds: readUrlList(torrent, warnings),
    nodes: readTorrentNodes(torrent, warnings),
    ...readNotes(torrent, warnings),
    infoSpan: info.span,
    warnings,
  };
}

/**
 * Refuses version 2 alone (BEP 52). A hybrid passes as version 1, under version 2's stricter bencoding.
 *
 * @returns Whether it is a hybrid.
 */
function checkVersion(info: BencodeValue, document: BencodeDocument, warnings: string[]): boolean {
  const isVersion2 = info.get("meta version") !== undefined || info.get("file tree") !== undefined;
  if (isVersion2 && info.get("pieces") === undefined) {
    throw new ProtocolError("torrent-v2-only", {
      operation: "parse-torrent",
      message:
        "cannot use this torrent: it is version 2 only, allowed are version 1 and hybrid torrents",
      details: { field: "info.pieces" },
    });
  }
  if (document.hasUnsortedKeys) {
    if (isVersion2) {
      throw new ProtocolError("bencode-unsorted-keys", {
        operation: "parse-torrent",
        message: "cannot use a version 2 torrent whose dictionary keys are not in order",
      });
    }
    warnings.push("the torrent's dictionary keys are not in order");
  }
  if (isVersion2) warnings.push("the torrent is a hybrid: its version 1 half is used");
  return isVersion2;
}

/** UTF-8 first. */
function readName(info: BencodeValue): string {
  const utf8Name = info.get("name.utf-8");
  return utf8Name === undefined
    ? requireText(info.get("name"), "info.name")
    : requireText(utf8Name, "info.name.utf-8");
}

function readGeometry(info: BencodeValue, totalBytes: number): Geometry {
  const field = "info.piece length";
  const pieceLengthBytes = requireInteger(info.get("piece length"), field, 1, maxPieceLengthBytes);
  if (pieceLengthBytes % 2 !== 0) {
    throw invalidField(field, `it is ${pieceLengthBytes}, allowed are even numbers`);
  }
  if (totalBytes === 0) throw invalidField("info.length", "the torrent has no bytes");
  const geometry = makeGeometry(totalBytes, pieceLengthBytes);
  if (geometry.pieceCount > maxPieces) {
    throw new ProtocolError("torrent-limit", {
      operation: "parse-torrent",
      message: `cannot use a torrent of ${geometry.pieceCount} pieces: at most ${maxPieces} are allowed`,
      details: { field, pieceCount: geometry.pieceCount, maxPieces },
    });
  }
  return geometry;
}

function readPieceHashes(
  info: BencodeValue,
  geometry: Geometry,
): Pick<Metainfo, "pieceHashes" | "pieceHashesSpan"> {
  const value = info.get("pieces");
  const hashes = requireBytes(value, "info.pieces");
  const allowedBytes = geometry.pieceCount * digestLength(pieceAlgorithm);
  if (hashes.length !== allowedBytes) {
    throw invalidField(
      "info.pieces",
      `it has ${hashes.length} bytes, ${geometry.pieceCount} pieces of ${geometry.pieceLengthBytes} take ${allowedBytes}`,
    );
  }
  const { end = hashes.length } = value?.span ?? {};
  return {
    // In memory of their own.
    pieceHashes: new PieceHashes(pieceAlgorithm, new Uint8Array(hashes)),
    pieceHashesSpan: { start: end - hashes.length, end },
  };
}

/** Only 0 or no field is public: any other value was meant as a restriction. */
function readPrivate(info: BencodeValue): boolean {
  const value = info.get("private");
  return (
    value !== undefined &&
    !(value.kind === "integer" && value.encoded.length === 3 && value.encoded[1] === 0x30)
  );
}

function readNotes(
  torrent: BencodeValue,
  warnings: string[],
): Pick<Metainfo, "comment" | "createdBy" | "creationDate"> {
  const comment = torrent.get("comment.utf-8") ?? torrent.get("comment");
  const createdBy = torrent.get("created by");
  const creationDate = readCreationDate(torrent, warnings);
  return {
    ...(comment && { comment: cleanText(requireBytes(comment, "comment"), maxCommentLength) }),
    ...(createdBy && {
      createdBy: cleanText(requireBytes(createdBy, "created by"), maxCreatorLength),
    }),
    ...(creationDate !== undefined && { creationDate }),
  };
}

/** Some programs write the year 1, which is no reason to refuse. */
function readCreationDate(torrent: BencodeValue, warnings: string[]): number | undefined {
  const value = torrent.get("creation date");
  if (value === undefined) return undefined;
  const seconds = integerOr(value, 0, maxCreationDate, undefined);
  if (seconds === undefined) {
    if (value.kind !== "integer") requireInteger(value, "creation date", 0, maxCreationDate);
    warnings.push('the field "creation date" is ignored: it is no date after 1970');
  }
  return seconds;
}

function tooLarge(lengthBytes: number): ProtocolError {
  return new ProtocolError("torrent-too-large", {
    operation: "parse-torrent",
    message: `cannot read a torrent of ${lengthBytes} bytes: at most ${maxTorrentBytes} are allowed`,
    details: { lengthBytes, maxTorrentBytes },
  });
}
