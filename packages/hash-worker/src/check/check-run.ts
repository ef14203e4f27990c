import type { Disk, FileStat, Soon } from "@troupe/actor-runtime";
import { type HashAlgorithm, PieceHashes } from "@troupe/protocol/piece-hashes";
import type { CheckSource, RunSource } from "./run-source.ts";

/** Opens files for reading; no link as the last component. */
export interface CheckDisk extends Pick<Disk, "open" | "close" | "read"> {
  statFile(file: number): Pick<FileStat, "kind" | "lengthBytes">;
}

/** Hashes pieces by one algorithm, whole or in steps. */
export interface PieceHasher {
  digest(bytes: Uint8Array): Uint8Array;
  begin(): { update(bytes: Uint8Array): void; digest(): Uint8Array };
}

/** A run's bytes in a file. */
export interface CheckSpan {
  /** Absolute; undefined for padding, which is zeros. */
  readonly path: string | undefined;
  /** Tried if nothing lies at `path`. */
  readonly laterPath?: string;
  readonly fileOffset: number;
  readonly lengthBytes: number;
}

/** Neighbouring pieces of a torrent, all of one length but the last, which may be shorter. */
export interface CheckRun {
  /** In order and without gaps. */
  readonly spans: readonly CheckSpan[];
  readonly pieceLengthBytes: number;
  readonly lengthBytes: number;
  readonly algorithm: HashAlgorithm;
  /** The hashes of the pieces, end to end. */
  readonly hashes: Uint8Array;
}

/** Results of a run. */
export interface CheckedRun {
  /** A byte a piece: 1 = on disk with the right hash. */
  readonly verdicts: Uint8Array;
  /** Unreadable existing files, with the system's code; 16 at most. */
  readonly unreadable: readonly { readonly path: string; readonly code: string }[];
}

/**
 * Checks pieces against their hashes, and blocks meanwhile. A piece with missing bytes fails without a read.
 *
 * @param hasher Hasher of the algorithm of the run.
 * @param buffer Overwritten. Longer pieces are hashed in several steps.
 * @returns A promise only if the source answers one.
 */
export function checkRun(
  source: CheckSource,
  hasher: PieceHasher,
  run: CheckRun,
  buffer: Uint8Array,
): Soon<CheckedRun> {
  const steps = checkSteps(source, hasher, run, buffer);
  const { done, value } = steps.next();
  return done === true ? value : finishLate(steps, value);
}

/** The steps of a check: they pause at each late answer of the source. */
type Steps<Result = void> = Generator<Promise<undefined>, Result, void>;

async function finishLate(
  steps: Steps<CheckedRun>,
  first: Promise<undefined>,
): Promise<CheckedRun> {
  let late = first;
  for (;;) {
    try {
      // The source has one read at a time. oxlint-disable-next-line no-await-in-loop
      await late;
    } catch (error) {
      // Closes the run, and throws the error again.
      steps.throw(error);
    }
    const { done, value } = steps.next();
    if (done === true) return value;
    late = value;
  }
}

function* checkSteps(
  source: CheckSource,
  hasher: PieceHasher,
  run: CheckRun,
  buffer: Uint8Array,
): Steps<CheckedRun> {
  const reader = source.openRun(run);
  try {
    const isLong = run.pieceLengthBytes > buffer.byteLength;
    yield* (isLong ? checkLongPieces : checkShortPieces)(reader, hasher, run, buffer);
  } finally {
    reader.close();
  }
  return { verdicts: reader.verdicts, unreadable: reader.unreadable };
}

/** Checks as many whole pieces at once as the buffer holds. */
function* checkShortPieces(
  reader: RunSource,
  hasher: PieceHasher,
  { pieceLengthBytes, lengthBytes, algorithm, hashes }: CheckRun,
  buffer: Uint8Array,
): Steps {
  const { verdicts } = reader;
  const judge = new PieceHashes(algorithm, hashes);
  const chunkBytes = Math.floor(buffer.byteLength / pieceLengthBytes) * pieceLengthBytes;
  for (let start = 0; start < lengthBytes; start += chunkBytes) {
    const chunk = buffer.subarray(0, Math.min(chunkBytes, lengthBytes - start));
    const late = reader.read(start, chunk);
    if (late !== undefined) yield late;
    for (let at = 0; at < chunk.byteLength; at += pieceLengthBytes) {
      const piece = (start + at) / pieceLengthBytes;
      if (verdicts[piece] === 0) continue;
      const digest = hasher.digest(chunk.subarray(at, at + pieceLengthBytes));
      verdicts[piece] = judge.matches(piece, digest) ? 1 : 0;
    }
  }
}

function* checkLongPieces(
  reader: RunSource,
  hasher: PieceHasher,
  { pieceLengthBytes, lengthBytes, algorithm, hashes }: CheckRun,
  buffer: Uint8Array,
): Steps {
  const { verdicts } = reader;
  const judge = new PieceHashes(algorithm, hashes);
  for (let piece = 0; piece < verdicts.length; piece += 1) {
    const end = Math.min((piece + 1) * pieceLengthBytes, lengthBytes);
    const hash = hasher.begin();
    let at = piece * pieceLengthBytes;
    while (at < end && verdicts[piece] === 1) {
      const part = buffer.subarray(0, Math.min(buffer.byteLength, end - at));
      const late = reader.read(at, part);
      if (late !== undefined) yield late;
      hash.update(part);
      at += part.byteLength;
    }
    if (verdicts[piece] === 1) verdicts[piece] = judge.matches(piece, hash.digest()) ? 1 : 0;
  }
}
