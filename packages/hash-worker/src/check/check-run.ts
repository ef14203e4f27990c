import type { Disk, FileStat, Soon } from "@troupe/actor-runtime";
import type { RunningHash } from "@troupe/protocol/bytes";
import {
  digestLength,
  type DigestRule,
  type RunningDigest,
  startDigest,
} from "@troupe/protocol/piece-digest";
import { PieceHashes } from "@troupe/protocol/piece-hashes";
import type { CheckSource, RunSource } from "./run-source.ts";

/** Opens files for reading; no link as the last component. */
export interface CheckDisk extends Pick<Disk, "open" | "close" | "read"> {
  statFile(file: number): Pick<FileStat, "kind" | "lengthBytes">;
}

/** Begins a SHA-1 of the host, of parts that come in order. */
export type StartSha1 = () => RunningHash;

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
export interface CheckRun extends DigestRule {
  /** In order and without gaps. */
  readonly spans: readonly CheckSpan[];
  readonly pieceLengthBytes: number;
  readonly lengthBytes: number;
  /** The hashes of the pieces, end to end. */
  readonly hashes: Uint8Array;
  /** Bytes of each piece without the padding at its end; undefined: no piece has padding that its hash leaves out. */
  readonly dataBytes?: Uint32Array;
  /** Pieces are digested, and compared with nothing: `hashes` is empty. */
  readonly wantsDigests?: boolean;
}

/** Verdict of a piece of a hybrid that is right by version 2 and wrong by version 1. */
export const rightByNodeAlone = 2;

/** Results of a run. */
export interface CheckedRun {
  /** A byte a piece: 1 = on disk with the right hash, or digested; {@link rightByNodeAlone}. */
  readonly verdicts: Uint8Array;
  /** Digests of the pieces, end to end, of a run that wants them; zeros for a piece with missing bytes. */
  readonly digests?: Uint8Array;
  /** Unreadable existing files, with the system's code; 16 at most. */
  readonly unreadable: readonly { readonly path: string; readonly code: string }[];
}

/**
 * Checks pieces against their hashes, and blocks meanwhile. A piece with missing bytes fails without a read.
 *
 * @param startSha1 The SHA-1 of the host.
 * @param buffer Overwritten. Longer pieces are hashed in several steps.
 * @returns A promise only if the source answers one.
 */
export function checkRun(
  source: CheckSource,
  startSha1: StartSha1,
  run: CheckRun,
  buffer: Uint8Array,
): Soon<CheckedRun> {
  const steps = checkSteps(source, startSha1, run, buffer);
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
  startSha1: StartSha1,
  run: CheckRun,
  buffer: Uint8Array,
): Steps<CheckedRun> {
  const reader = source.openRun(run);
  const { verdicts } = reader;
  const digests =
    run.wantsDigests === true
      ? new Uint8Array(verdicts.length * digestLength(run.algorithm))
      : undefined;
  const judge = judgeOf(run, verdicts, digests);
  try {
    const isLong = run.pieceLengthBytes > buffer.byteLength;
    const check = isLong ? checkLongPieces : checkShortPieces;
    yield* check(reader, { judge, startSha1 }, run, buffer);
  } finally {
    reader.close();
  }
  return { verdicts, unreadable: reader.unreadable, ...(digests !== undefined && { digests }) };
}

/** Takes the digest of a piece: compares it, or keeps it. */
type Judge = (piece: number, digest: Uint8Array) => void;

interface Digesting {
  readonly judge: Judge;
  readonly startSha1: StartSha1;
}

/** Checks as many whole pieces at once as the buffer holds. */
function* checkShortPieces(
  reader: RunSource,
  { judge, startSha1 }: Digesting,
  run: CheckRun,
  buffer: Uint8Array,
): Steps {
  const { verdicts } = reader;
  const { pieceLengthBytes, lengthBytes } = run;
  const chunkBytes = Math.floor(buffer.byteLength / pieceLengthBytes) * pieceLengthBytes;
  for (let start = 0; start < lengthBytes; start += chunkBytes) {
    const chunk = buffer.subarray(0, Math.min(chunkBytes, lengthBytes - start));
    const late = reader.read(start, chunk);
    if (late !== undefined) yield late;
    for (let at = 0; at < chunk.byteLength; at += pieceLengthBytes) {
      const piece = (start + at) / pieceLengthBytes;
      if (verdicts[piece] === 0) continue;
      const digest = digestOf(run, piece, startSha1);
      digest.update(chunk.subarray(at, at + pieceLengthBytes));
      judge(piece, digest.digest());
    }
  }
}

function* checkLongPieces(
  reader: RunSource,
  { judge, startSha1 }: Digesting,
  run: CheckRun,
  buffer: Uint8Array,
): Steps {
  const { verdicts } = reader;
  const { pieceLengthBytes, lengthBytes } = run;
  for (let piece = 0; piece < verdicts.length; piece += 1) {
    const end = Math.min((piece + 1) * pieceLengthBytes, lengthBytes);
    const hash = digestOf(run, piece, startSha1);
    let at = piece * pieceLengthBytes;
    while (at < end && verdicts[piece] === 1) {
      const part = buffer.subarray(0, Math.min(buffer.byteLength, end - at));
      const late = reader.read(at, part);
      if (late !== undefined) yield late;
      hash.update(part);
      at += part.byteLength;
    }
    if (verdicts[piece] === 1) judge(piece, hash.digest());
  }
}

function judgeOf(
  { algorithm, hashes, pieceLayer }: CheckRun,
  verdicts: Uint8Array,
  digests: Uint8Array | undefined,
): Judge {
  if (digests !== undefined) return (piece, digest) => digests.set(digest, piece * digest.length);
  const known = new PieceHashes(algorithm, hashes, pieceLayer ?? 0);
  return (piece, digest) => {
    verdicts[piece] = verdictOf(known, piece, digest);
  };
}

function verdictOf(known: PieceHashes, piece: number, digest: Uint8Array): number {
  if (known.matches(piece, digest)) return 1;
  return known.matchesNode(piece, digest) ? rightByNodeAlone : 0;
}

function digestOf(run: CheckRun, piece: number, startSha1: StartSha1): RunningDigest {
  const { dataBytes, lengthBytes, pieceLengthBytes } = run;
  const bytes = Math.min(pieceLengthBytes, lengthBytes - piece * pieceLengthBytes);
  return startDigest(run, dataBytes?.[piece] ?? bytes, startSha1);
}
