// Hash checks of a torrent: check threads read its files; a store of the user's program is read in its own thread, because
// no other thread has the module's memory.

import { ActorError } from "@troupe/actor-runtime";
import { halvesDiffer, type CheckPool } from "@troupe/hash-worker";
import { bitfieldBytes, type CheckPieces, type PiecesChecked } from "@troupe/messages";
import { setBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import { callFileWorker } from "../../engine/base/file-calls.ts";
import type { JobWithContent } from "../torrent-job.ts";

/** Bytes of a call; at least a piece. Longer calls make progress coarse and an abort slow. */
const callBytes = 4 * 1024 * 1024;
/** Small pieces: about as long as a call of {@link callBytes}. */
const callPieces = 1_024;
/** Each call of the module in it has a limit of its own. */
const callDeadlineMs = 3_600_000;

type CheckRequest = Parameters<CheckPool["checkPieces"]>[0];

/** @returns The good pieces as a bitfield. @throws rejects as {@link CheckPool.checkPieces}, or with a refusal of the store. */
export function checkPieces(job: JobWithContent, request: CheckRequest): Promise<Uint8Array> {
  return job.storage.store === undefined
    ? job.disk.checkPool.checkPieces(request)
    : checkStore(job, request);
}

async function checkStore(job: JobWithContent, request: CheckRequest): Promise<Uint8Array> {
  const { pieceCount, pieceLengthBytes } = job.content.metainfo.geometry;
  const { signal = new AbortController().signal, ranges = [[0, pieceCount - 1] as const] } =
    request;
  const good = new Uint8Array(bitfieldBytes(pieceCount));
  const total = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const most = Math.min(callPieces, Math.max(1, Math.floor(callBytes / pieceLengthBytes)));
  let done = 0;
  for (const [start, last] of ranges) {
    for (let at = start; at <= last; at += most) {
      const first = at as PieceIndex;
      const count = Math.min(most, last + 1 - first);
      // A store is asked for one run at a time. oxlint-disable-next-line no-await-in-loop
      const checked = await askStore(
        job,
        { first, count, ...dataBytesOf(job, first, count) },
        signal,
      );
      const verdicts = verdictsOf(job, first, checked);
      for (const [at, isGood] of verdicts.entries()) if (isGood === 1) setBit(good, first + at);
      done += count;
      request.onRun?.(first, verdicts);
      request.onProgress?.(done, total);
    }
  }
  return good;
}

async function askStore(
  job: JobWithContent,
  pieces: Pick<CheckPieces, "first" | "count" | "dataBytes">,
  signal: AbortSignal,
): Promise<PiecesChecked> {
  signal.throwIfAborted();
  const { algorithm, pieceLayer } = job.content.metainfo.pieceHashes;
  const message = { torrent: job.id, ...pieces, algorithm, pieceLayer };
  const rules = { deadlineMs: callDeadlineMs, signal };
  const answer = await callFileWorker(job.disk, "check-pieces", message, rules);
  signal.throwIfAborted();
  if (answer === undefined) throw new Error("bug: a check that was not given up has no answer");
  if ("refused" in answer) throw new ActorError(answer.refused, { message: answer.message });
  return answer;
}

/** @throws {ActorError} `hybrid-inconsistent` for a piece that only one version of a hybrid takes. */
function verdictsOf(
  { content: { metainfo } }: JobWithContent,
  first: number,
  { digests, isThere }: PiecesChecked,
): Uint8Array {
  const { pieceHashes } = metainfo;
  const { digestBytes } = pieceHashes;
  return isThere.map((there, at) => {
    if (there === 0) return 0;
    const piece = first + at;
    if (pieceHashes.matches(piece, digests, at * digestBytes)) return 1;
    if (pieceHashes.matchesNode(piece, digests, at * digestBytes)) throw halvesDiffer(piece);
    return 0;
  });
}

/** @returns The bytes of each piece without padding; none where hashes take padding. */
function dataBytesOf(
  { content: { ledger, metainfo } }: JobWithContent,
  first: number,
  count: number,
): Pick<CheckPieces, "dataBytes"> {
  if (metainfo.pieceHashes.algorithm === "sha1") return {};
  return {
    dataBytes: Array.from({ length: count }, (_, at) => ledger.dataBytes.ofPiece(first + at)),
  };
}
