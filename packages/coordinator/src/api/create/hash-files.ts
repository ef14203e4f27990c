// The digests of the pieces of a new torrent: threads of a check pool read each byte once.

import { availableParallelism } from "node:os";
import { nodePorts } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import { openCheckPool } from "@troupe/hash-worker";
import type { NewVersion, PlannedFile } from "@troupe/protocol/create";
import { FileMap, type HashAlgorithm } from "@troupe/protocol/metainfo";
import { digestLength } from "@troupe/protocol/piece-digest";
import { fileChanged } from "./file-changed.ts";
import type { FoundFile } from "./found-files.ts";

/** Progress of the hashing. */
export interface HashOptions {
  /** Threads that read and hash. Default: one a core. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Called as pieces are hashed. */
  readonly onProgress?: (progress: {
    readonly donePieces: number;
    readonly totalPieces: number;
  }) => void;
}

/** The part of a plan that is hashed. */
interface HashedPlan {
  readonly version: NewVersion;
  readonly pieceLengthBytes: number;
  readonly pieceCount: number;
  readonly files: readonly PlannedFile[];
}

const algorithms: Readonly<Record<NewVersion, HashAlgorithm>> = {
  v1: "sha1",
  v2: "merkle",
  hybrid: "hybrid",
};

/**
 * Hashes all pieces.
 *
 * @returns A digest a piece, end to end.
 * @throws {TroupeError} rejects with `files-unusable` or `file-changed`, or with the signal's reason.
 */
export async function hashFiles(
  plan: HashedPlan,
  found: readonly FoundFile[],
  { onProgress, signal, threads = availableParallelism() }: HashOptions,
): Promise<Uint8Array> {
  const { files, pieceCount, pieceLengthBytes, version } = plan;
  const algorithm = algorithms[version];
  const digests = new Uint8Array(pieceCount * digestLength(algorithm));
  const paths = new Map(found.map(({ diskPath, path }) => [path.join("/"), diskPath]));
  const checked = files.map(({ isPadding, lengthBytes, path }) => ({
    path: (isPadding ? undefined : paths.get(path.join("/"))) ?? "",
    lengthBytes,
    isPadding,
  }));
  const unreadable = new Set<string>();
  const short = new Set<number>();
  const pool = openCheckPool({ maxThreads: threads, timers: nodePorts().timers });
  try {
    await pool.checkPieces({
      files: checked,
      pieceLengthBytes,
      totalBytes: checked.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0),
      hashes: { algorithm, pieceLayer: undefined },
      onUnreadable: (path, code) => void unreadable.add(`${path} (${code})`),
      onRun(first, verdicts, of = new Uint8Array()) {
        digests.set(of, first * digestLength(algorithm));
        for (const [at, isWhole] of verdicts.entries()) if (isWhole !== 1) short.add(first + at);
      },
      onProgress: (donePieces, totalPieces) => onProgress?.({ donePieces, totalPieces }),
      ...(signal !== undefined && { signal }),
    });
  } finally {
    await pool.close();
  }
  if (unreadable.size > 0)
    throw new TroupeError("files-unusable", `cannot read ${[...unreadable].join(", ")}`);
  const [piece] = short;
  if (piece !== undefined) throw fileChanged(fileOfPiece(plan, piece));
  return digests;
}

function fileOfPiece({ files, pieceLengthBytes }: HashedPlan, piece: number): string {
  const map = new FileMap(
    files.map(({ lengthBytes }) => lengthBytes),
    pieceLengthBytes,
  );
  const [span] = map.spansOf(piece);
  return files[span?.file ?? 0]?.path.join("/") ?? "";
}
