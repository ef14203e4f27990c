import {
  integerOr,
  invalidField,
  optionalField,
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
import { fileTrees, hybridHashes, pieceNodes } from "./file-trees.ts";
import { readFileTree } from "./file-tree.ts";
import { type Naming, readFiles } from "./metainfo-files.ts";
import type { Metainfo } from "./metainfo.ts";
import { joinHalves } from "./metainfo-hybrid.ts";
import { placeTree } from "./place-tree.ts";
import { readTrackers } from "./metainfo-trackers.ts";
import { digestLength, type HashAlgorithm, PieceHashes } from "./piece-hashes.ts";
import type { NameRule } from "./file-names.ts";
import { ownPathPart, safePathPart } from "./safe-path.ts";
import { sha1 } from "../bytes/sha1.ts";
import { sha256 } from "../bytes/sha256.ts";
import { infoHashV2, type InfoHashes, wireHashes } from "../identity.ts";
import { blockLengthBytes, type InfoHash, infoHashFromBytes } from "../units.ts";
import { readUrlList } from "../web-seed/bep-19-url-list.ts";

/** Bytes of a .torrent file. */
export const maxTorrentBytes: number = bencodeLimits.file.maxBytes;
/** Bytes of a piece. */
const maxPieceLengthBytes: number = 2 ** 28;

/** Algorithm of version 1. */
const pieceAlgorithm: HashAlgorithm = "sha1";
/** The newest `meta version`. */
const newestVersion = 2;
const infoKey = Buffer.from("info");
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
  /** The piece layers were held against their roots before, which takes a second for the largest. Default false. */
  readonly areLayersProven?: boolean;
}

/** Versions of a torrent. */
type Version = "v1" | "v2" | "hybrid";

/**
 * Parses a .torrent file (BEP 3, with BEP 5, 12, 19, 27, 47, 52) of any source, of version 1, version 2 or both.
 *
 * @param bytes At most 32 MiB. Read during the call only.
 * @returns A torrent whose sizes agree, with paths that stay below the download folder. Piece layers may be absent: those of
 *   metadata from peers always are.
 * @throws {ProtocolError} `torrent-too-large`, `torrent-version-unknown`, `torrent-limit`; `field-missing`, `field-wrong-type`
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
  const version = readVersion(info);
  checkOrder(version, document, warnings);
  checkOddities(document, info, warnings);
  const infoHashes = hashesOf(info.encoded, version);
  const [infoHash] = wireHashes(infoHashes);
  const { name, naming } = nameOf(info, infoHash, options, warnings);
  const content = readContent(info, torrent, { version, naming, options }, warnings);
  return {
    infoHash,
    infoHashes,
    name,
    ...content,
    isPrivate: readPrivate(info),
    trackers: readTrackers(torrent, warnings),
    webSeeds: readUrlList(torrent, warnings),
    nodes: readTorrentNodes(torrent, warnings),
    ...readNotes(torrent, warnings),
    infoSpan: info.span,
    warnings,
  };
}

/** `meta version` decides, before all else. @throws {ProtocolError} `torrent-version-unknown` for a newer one. */
function readVersion(info: BencodeValue): Version {
  const given = info.get("meta version");
  const version =
    given === undefined
      ? 1
      : requireInteger(given, "info.meta version", 1, Number.MAX_SAFE_INTEGER);
  if (version > newestVersion) {
    throw new ProtocolError("torrent-version-unknown", {
      operation: "parse-torrent",
      message: `cannot use a torrent of version ${version}: versions 1 and 2 are known`,
      details: { version },
    });
  }
  if (version < newestVersion) return "v1";
  return info.get("pieces") === undefined ? "v2" : "hybrid";
}

/** Version 2 has one encoding alone. */
function checkOrder(
  version: Version,
  { hasUnsortedKeys }: BencodeDocument,
  warnings: string[],
): void {
  if (!hasUnsortedKeys) return;
  if (version !== "v1") {
    throw new ProtocolError("bencode-unsorted-keys", {
      operation: "parse-torrent",
      message: "cannot use a version 2 torrent whose dictionary keys are not in order",
    });
  }
  warnings.push("the torrent's dictionary keys are not in order");
}

/** `info` is read strictly: another client could read other files of it. @throws {ProtocolError} An oddity in it, or a second one. */
function checkOddities(
  { oddities, root }: BencodeDocument,
  { span }: BencodeValue,
  warnings: string[],
): void {
  if (oddities.length === 0) return;
  for (const oddity of oddities) {
    const { offset } = oddity.details as { readonly offset: number };
    if (offset >= span.start && offset < span.end) throw oddity;
  }
  const infos = [...root.entries()].filter(([key]) => Buffer.from(key).equals(infoKey));
  if (infos.length > 1) throw invalidField("info", "it is there twice");
  const count = oddities.length;
  const places = count === 1 ? "1 key or number" : `${count} keys or numbers`;
  warnings.push(`${places} outside of "info" repeated or with superfluous zeros`);
}

function hashesOf(info: Uint8Array, version: Version): InfoHashes {
  if (version === "v2") return { v2: infoHashV2(sha256(info)) };
  const v1 = infoHashFromBytes(sha1(info));
  return version === "v1" ? { v1 } : { v1, v2: infoHashV2(sha256(info)) };
}

function nameOf(
  info: BencodeValue,
  infoHash: InfoHash,
  { layout = "own", names: rule = "own" }: ParseTorrentOptions,
  warnings: string[],
): { readonly name: string; readonly naming: Naming } {
  const originalName = readName(info, warnings);
  const ownName = ownPathPart(originalName);
  const isNamed = ownName !== undefined;
  const torrentName = isNamed ? originalName : infoHash;
  const name = (rule === "own" ? ownName : safePathPart(originalName)) ?? infoHash;
  return { name, naming: { torrentName, isNamed, rule, layout } };
}

type Content = Pick<
  Metainfo,
  "files" | "geometry" | "isSingleFile" | "pieceHashes" | "pieceHashesSpan" | "trees"
>;

/** The way to read a content. */
interface ContentRules {
  readonly version: Version;
  readonly naming: Naming;
  readonly options: ParseTorrentOptions;
}

function readContent(
  info: BencodeValue,
  torrent: BencodeValue,
  { naming, options, version }: ContentRules,
  warnings: string[],
): Content {
  if (version === "v1") {
    const { files, isSingleFile, totalBytes } = readFiles(info, naming, warnings);
    const geometry = readGeometry(info, totalBytes);
    return { files, isSingleFile, geometry, ...readPieceHashes(info, geometry) };
  }
  const pieceLengthBytes = readTreePieceLength(info);
  const tree = readFileTree(info, warnings);
  const { list, roots } =
    version === "v2"
      ? placeTree(tree, pieceLengthBytes, naming, warnings)
      : joinHalves(readFiles(info, naming, warnings), { tree, naming, pieceLengthBytes });
  const { files, isSingleFile, totalBytes } = list;
  const geometry = readGeometry(info, totalBytes);
  const parts = { files, roots, pieceLengthBytes, pieceCount: geometry.pieceCount };
  const layers = optionalField(torrent, "piece layers", "dictionary", warnings);
  const nodes = pieceNodes(parts, layers, options.areLayersProven === true, warnings);
  const trees = fileTrees(parts);
  const { pieceLayer } = trees;
  const pieceHashes =
    version === "v2"
      ? new PieceHashes("merkle", nodes, pieceLayer)
      : hybridHashes(nodes, readPieceHashes(info, geometry).pieceHashes.bytes, pieceLayer);
  return { files, isSingleFile, geometry, pieceHashes, trees };
}

/** @throws {ProtocolError} `field-invalid` unless it is a power of two from a block on (BEP 52). */
function readTreePieceLength(info: BencodeValue): number {
  const field = "info.piece length";
  const length = requireInteger(
    info.get("piece length"),
    field,
    blockLengthBytes,
    maxPieceLengthBytes,
  );
  if (!Number.isInteger(Math.log2(length)))
    throw invalidField(field, `it is ${length}, version 2 allows powers of two`);
  return length;
}

/** UTF-8 first. */
function readName(info: BencodeValue, warnings: string[]): string {
  const utf8Name = optionalField(info, "name.utf-8", "string", warnings);
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
): Required<Pick<Metainfo, "pieceHashes" | "pieceHashesSpan">> {
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
  const comment =
    optionalField(torrent, "comment.utf-8", "string", warnings) ??
    optionalField(torrent, "comment", "string", warnings);
  const createdBy = optionalField(torrent, "created by", "string", warnings);
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
  const value = optionalField(torrent, "creation date", "integer", warnings);
  if (value === undefined) return undefined;
  const seconds = integerOr(value, 0, maxCreationDate, undefined);
  if (seconds === undefined)
    warnings.push('the field "creation date" is ignored: it is no date after 1970');
  return seconds;
}

function tooLarge(lengthBytes: number): ProtocolError {
  return new ProtocolError("torrent-too-large", {
    operation: "parse-torrent",
    message: `cannot read a torrent of ${lengthBytes} bytes: at most ${maxTorrentBytes} are allowed`,
    details: { lengthBytes, maxTorrentBytes },
  });
}
