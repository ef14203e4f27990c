// After a failed piece of version 2 the engine asks a peer for the hashes of its leaves, if possible a peer that sent none of the
// piece. The hash of the piece proves them, so that any peer may send them. They name the wrong blocks: the senders of these
// are banned, the right blocks stay, and only the wrong ones are requested again.

import { nodeBytes, type HashRange } from "@troupe/protocol/merkle";
import { blockLengthBytes } from "@troupe/protocol/units";
import type { Engine } from "../../engine/base/engine-state.ts";
import { leaseWithBlocks } from "../pieces/piece-leases.ts";
import { contributorKey, type AttemptOrigin } from "../smart-ban/failed-attempts.ts";
import { banPeer } from "../swarm/peers.ts";
import type { JobWithContent } from "../torrent-job.ts";
import type { VerifiedPiece } from "../../engine/base/verified-piece.ts";
import { keptBlocks, leavesOf, rightBlocks, type FailedPiece } from "./failed-piece.ts";
import { castAsk, castHashesKnown, hashPeers } from "./hash-peers.ts";

/** Bytes of failed pieces of all torrents; beyond it a failed piece is requested again as a whole. */
const mostFailedBytes: number = 64 * 1_024 * 1_024;
/** Another peer is asked for the leaves after this time. */
const overdueMs = 2_000;
/** Peers that are asked. */
const mostAsked = 3;
/** A last answer is waited for so long; then the piece is requested again as a whole. */
const lastWaitMs = 8_000;
/** Questions to a peer at once; a failed piece waits until a peer has fewer. */
const mostQuestions = 2;

type BlameServices = Pick<Engine, "context" | "memory" | "metrics" | "peerWorkers">;

/** The parts of a sealed piece that blame uses. */
type SealedBlocks = Pick<VerifiedPiece, "lengthBytes" | "offset" | "piece"> & {
  readonly memory: SharedArrayBuffer;
  readonly origin: AttemptOrigin;
};

/**
 * Holds a failed piece until the hashes of its leaves come, with a copy of its blocks.
 *
 * @param digests A digest a block. Kept: must not change.
 * @returns False if no peer can tell its leaves: the piece is to be abandoned.
 */
export function holdFailedPiece(
  engine: BlameServices,
  job: JobWithContent,
  { lengthBytes, memory, offset, origin, piece }: SealedBlocks,
  digests: Uint8Array,
): boolean {
  const { failedPieces, metainfo } = job.content;
  const leaves = leavesOf(metainfo, piece);
  const hasRoom = engine.memory.failedBytes + lengthBytes <= mostFailedBytes;
  if (leaves === undefined || !hasRoom || !job.isRunning) return false;
  if (!metainfo.pieceHashes.isNodeKnown(piece) || digests.length <= nodeBytes) return false;
  const failed: FailedPiece = {
    ...leaves,
    piece,
    memory: new SharedArrayBuffer(lengthBytes),
    digests,
    origin,
    asked: new Set(),
    owed: new Set(),
    askedAtMs: -Infinity,
  };
  if (askNext(engine, job, failed) === "nobody") return false;
  new Uint8Array(failed.memory).set(new Uint8Array(memory, offset, lengthBytes));
  engine.memory.failedBytes += lengthBytes;
  failedPieces.set(piece, failed);
  return true;
}

/** Asks other peers for leaves that are overdue. At each tick. */
export function tendFailedPieces(engine: BlameServices, job: JobWithContent): void {
  const { failedPieces } = job.content;
  if (failedPieces.size === 0) return;
  const nowMs = engine.context.clock.nowMs();
  const connected = new Set(Array.from(hashPeers(job), ({ key }) => key));
  for (const failed of [...failedPieces.values()]) {
    for (const key of failed.owed) if (!connected.has(key)) failed.owed.delete(key);
    const isOwed = failed.owed.has(lastAsked(failed) ?? "");
    if (!isOwed || nowMs - failed.askedAtMs >= overdueMs) askOrEnd(engine, job, failed);
  }
}

/** Asks for the leaves of pieces that waited for a peer. */
function askForWaiting(engine: BlameServices, job: JobWithContent): void {
  for (const failed of [...job.content.failedPieces.values()])
    if (failed.askedAtMs === -Infinity) askOrEnd(engine, job, failed);
}

/** The hashes of leaves have come, which the peer-worker has proven. */
export function leavesCame(
  engine: BlameServices,
  job: JobWithContent,
  file: number,
  range: HashRange,
  leaves: Uint8Array,
): void {
  const { failedAttempts } = job.content;
  const failed = findFailed(job, file, range);
  if (failed === undefined) return;
  const right = rightBlocks(failed.digests, leaves);
  const liars = failedAttempts.recordPassed(
    failed.piece,
    leaves.subarray(0, failed.digests.length),
  );
  for (const liar of liars) banPeer(engine, job, liar);
  endWait(engine, job, failed, wrongBytes(failed, right));
  job.content.picker.putBack(failed.piece);
  if (right.includes(1)) leaseWithBlocks(engine, job, failed.piece, keptBlocks(failed, right));
  castHashesKnown(engine, job);
  askForWaiting(engine, job);
}

/** A peer does not send the leaves. */
export function leavesRejected(
  engine: BlameServices,
  job: JobWithContent,
  key: string,
  file: number,
  range: HashRange,
): void {
  const failed = findFailed(job, file, range);
  if (failed?.owed.delete(key) !== true) return;
  // The reject of a peer that was overdue changes nothing while another peer owes the leaves.
  if (lastAsked(failed) === key || failed.owed.size === 0) askOrEnd(engine, job, failed);
}

/** The run ends: no failed piece is held any more. */
export function releaseFailedPieces(
  engine: Pick<Engine, "memory" | "metrics">,
  job: JobWithContent,
): void {
  const { failedPieces, ledger } = job.content;
  for (const failed of failedPieces.values())
    endWait(engine, job, failed, ledger.dataBytes.ofPiece(failed.piece));
}

/** The piece is missing again. @param bytes Its bytes that have come in vain. */
function endWait(
  engine: Pick<Engine, "memory" | "metrics">,
  job: JobWithContent,
  { memory, piece }: FailedPiece,
  bytes: number,
): void {
  const { failedPieces, ledger } = job.content;
  failedPieces.delete(piece);
  engine.memory.failedBytes -= memory.byteLength;
  countFailedBytes(engine, job, bytes);
  ledger.release(piece);
}

/** Counts bytes that have come in vain: their hash was wrong. */
export function countFailedBytes(
  { metrics }: Pick<Engine, "metrics">,
  { content: { traffic } }: JobWithContent,
  bytes: number,
): void {
  traffic.failedHashBytes += bytes;
  metrics.failedHashBytes += bytes;
}

function wrongBytes({ memory }: FailedPiece, right: Uint8Array): number {
  let bytes = 0;
  for (const [block, isRight] of right.entries())
    if (isRight === 0)
      bytes += Math.min(blockLengthBytes, memory.byteLength - block * blockLengthBytes);
  return bytes;
}

function findFailed(
  { content: { failedPieces } }: JobWithContent,
  file: number,
  { index }: HashRange,
): FailedPiece | undefined {
  for (const failed of failedPieces.values())
    if (failed.file === file && failed.range.index === index) return failed;
  return undefined;
}

function lastAsked({ asked }: FailedPiece): string | undefined {
  return [...asked].at(-1);
}

function askOrEnd(engine: BlameServices, job: JobWithContent, failed: FailedPiece): void {
  if (failed.asked.size < mostAsked && askNext(engine, job, failed) !== "nobody") return;
  const waitedMs = engine.context.clock.nowMs() - failed.askedAtMs;
  if (failed.owed.size > 0 && waitedMs < lastWaitMs) return;
  const { ledger, picker } = job.content;
  endWait(engine, job, failed, ledger.dataBytes.ofPiece(failed.piece));
  picker.putBack(failed.piece);
  castHashesKnown(engine, job);
}

/** Asks a peer that has the piece and was not asked; one that sent none of it goes first. @returns `busy`: it is to wait. */
function askNext(
  engine: BlameServices,
  job: JobWithContent,
  failed: FailedPiece,
): "asked" | "busy" | "nobody" {
  const { asked, origin, piece } = failed;
  const senders = new Set(origin.contributors.map((peer) => peer && contributorKey(peer)));
  const questions = questionsOf(job, failed);
  let stranger: string | undefined;
  let sender: string | undefined;
  let isBusy = false;
  for (const each of hashPeers(job)) {
    if (asked.has(each.key) || !each.hasAnyOf(piece, piece + 1)) continue;
    if ((questions.get(each.key) ?? 0) >= mostQuestions) isBusy = true;
    else if (senders.has(contributorKey(each.peer))) sender = each.key;
    else stranger ??= each.key;
  }
  // A sender may be the liar, who sends no leaves: busy peers are waited for.
  if (stranger === undefined && isBusy) return "busy";
  const next = stranger ?? sender;
  if (next === undefined) return "nobody";
  asked.add(next);
  failed.owed.add(next);
  failed.askedAtMs = engine.context.clock.nowMs();
  castAsk(engine, job, { key: next, file: failed.file, range: failed.range });
  return "asked";
}

/** Questions about other failed pieces that a peer owes an answer to, by peer. */
function questionsOf(
  { content: { failedPieces } }: JobWithContent,
  except: FailedPiece,
): ReadonlyMap<string, number> {
  const questions = new Map<string, number>();
  for (const failed of failedPieces.values()) {
    const last = lastAsked(failed);
    if (failed !== except && last !== undefined)
      questions.set(last, (questions.get(last) ?? 0) + 1);
  }
  return questions;
}
