// Proofs that a file on the disk is a file of a torrent, whatever its name: by the pieces that lie in it alone, or by the root
// of its tree (BEP 52). A proof has a probe, a digest that tells decoys of the same length, and pieces to check after it.

import { nodeBytes, treeHeight } from "@troupe/protocol/merkle";
import { FileMap, PieceHashes, type Metainfo } from "@troupe/protocol/metainfo";
import type { DigestRule } from "@troupe/protocol/piece-digest";

/** A longer file is not proven by its root: the leaves of its tree take a five-hundredth of its length of memory. */
const longestRootBytes = 64 * 1024 ** 3;

/** Bytes of a file, between zeros, and how they are digested. */
export interface Probe {
  readonly zerosBefore: number;
  readonly fileOffset: number;
  /** At least 1. */
  readonly lengthBytes: number;
  readonly zerosAfter: number;
  readonly rule: DigestRule;
}

/** The proof of a file. */
export interface FileProof {
  /** Index of the file. */
  readonly file: number;
  readonly probe: Probe;
  /** The digest that the probe must have. */
  readonly expected: Uint8Array;
  /** Pieces to check after the probe; undefined: the probe proves the whole. */
  readonly rest?: CheckedPieces;
}

/** A file as a torrent of its own, whose pieces lie in the file as those of the torrent do. */
export interface CheckedPieces {
  readonly zerosBefore: number;
  readonly lengthBytes: number;
  readonly zerosAfter: number;
  readonly pieceLengthBytes: number;
  readonly hashes: PieceHashes;
  /** First and last piece to check. */
  readonly range: readonly [first: number, last: number];
}

/** Makes the proofs of the files of a torrent. */
export class FileProofs {
  readonly map: FileMap;
  readonly #metainfo: Metainfo;

  constructor(metainfo: Metainfo) {
    this.#metainfo = metainfo;
    this.map = new FileMap(
      metainfo.files.map(({ lengthBytes }) => lengthBytes),
      metainfo.geometry.pieceLengthBytes,
    );
  }

  /** @returns Undefined for a file that has no piece alone, and no root. */
  of(file: number): FileProof | undefined {
    const range = this.#ownPieces(file);
    if (range !== undefined && this.#areKnown(range)) return this.#byPieces(file, range);
    const { trees, files } = this.#metainfo;
    const root = trees?.roots.subarray(file * nodeBytes, (file + 1) * nodeBytes);
    return root === undefined
      ? undefined
      : proofByRoot(file, files[file]?.lengthBytes ?? 0, root.slice());
  }

  /** The pieces with bytes of this file alone, and of padding. */
  #ownPieces(file: number): readonly [number, number] | undefined {
    const range = this.map.piecesOf(file);
    if (range === undefined) return undefined;
    const { files } = this.#metainfo;
    const isOwn = (piece: number): boolean =>
      this.map
        .spansOf(piece)
        .every((span) => span.file === file || files[span.file]?.isPadding === true);
    let [first, last] = range;
    if (!isOwn(first)) first += 1;
    if (last >= first && !isOwn(last)) last -= 1;
    return last < first ? undefined : [first, last];
  }

  #areKnown([first, last]: readonly [number, number]): boolean {
    const { pieceHashes } = this.#metainfo;
    for (let piece = first; piece <= last; piece++) if (!pieceHashes.isKnown(piece)) return false;
    return true;
  }

  #byPieces(file: number, [first, last]: readonly [number, number]): FileProof {
    const { map } = this;
    const { geometry, pieceHashes } = this.#metainfo;
    const { pieceLengthBytes } = geometry;
    const [begin, end] = [map.startOf(file), map.startOf(file + 1)];
    const from = Math.max(begin, first * pieceLengthBytes);
    const to = Math.min(end, (first + 1) * pieceLengthBytes);
    const probe = {
      zerosBefore: from - first * pieceLengthBytes,
      fileOffset: from - begin,
      lengthBytes: to - from,
      zerosAfter: first * pieceLengthBytes + map.pieceLength(first) - to,
      rule: { algorithm: pieceHashes.algorithm, pieceLayer: pieceHashes.pieceLayer },
    };
    const proof = { file, probe, expected: pieceHashes.copy(first, first + 1) };
    if (first === last) return proof;
    const [before, behind] = map.piecesOf(file) ?? [first, last];
    const { algorithm, pieceLayer } = pieceHashes;
    const rest = {
      zerosBefore: begin - before * pieceLengthBytes,
      lengthBytes: end - begin,
      zerosAfter: behind * pieceLengthBytes + map.pieceLength(behind) - end,
      pieceLengthBytes,
      hashes: new PieceHashes(algorithm, pieceHashes.copy(before, behind + 1), pieceLayer),
      range: [first + 1 - before, last - before] as const,
    };
    return { ...proof, rest };
  }
}

/**
 * @param root 32 bytes, kept.
 * @returns The proof of a whole file by its root; undefined for an empty file and a very long one.
 */
export function proofByRoot(
  file: number,
  lengthBytes: number,
  root: Uint8Array,
): FileProof | undefined {
  if (lengthBytes === 0 || lengthBytes > longestRootBytes) return undefined;
  const rule = { algorithm: "merkle", pieceLayer: treeHeight(lengthBytes) } as const;
  const probe = { zerosBefore: 0, fileOffset: 0, lengthBytes, zerosAfter: 0, rule };
  return { file, probe, expected: root };
}

/** Equal for probes that read the same bytes of a file and digest them in the same way. */
export function probeKey({
  zerosBefore,
  fileOffset,
  lengthBytes,
  zerosAfter,
  rule,
}: Probe): string {
  const { algorithm, pieceLayer } = rule;
  return [zerosBefore, fileOffset, lengthBytes, zerosAfter, algorithm, pieceLayer].join(" ");
}
