// Sealed pieces: hash pool → file-worker. `written-pieces.ts` has the rest of their way: they are had after the write has
// returned, never after the hash alone.

import {
  sealedFields,
  unpackPadding,
  type LeaseId,
  type PieceReport,
  type PiecesSealed,
} from "@troupe/messages";
import { asFault, codeOf } from "@troupe/actor-runtime";
import { halvesDiffer, type GroupDigests, type HashTask } from "@troupe/hash-worker";
import { pieceLength, pieceStart } from "@troupe/protocol/metainfo";
import type { PieceIndex } from "@troupe/protocol/units";
import type { Engine } from "../../engine/base/engine-state.ts";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import type { VerifiedPiece } from "../../engine/base/verified-piece.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import type { Slab } from "../../engine/base/slabs.ts";
import { quarantineFault } from "../lifecycle/faults.ts";
import { reportedAddresses } from "../report/piece-report.ts";
import { originOf } from "../smart-ban/contributors.ts";
import { contributorKey, type AttemptOrigin } from "../smart-ban/failed-attempts.ts";
import { countFailedBytes, holdFailedPiece } from "../hashes/blame-blocks.ts";
import { endSlabUse, abandonPiece, castPieceFailed, freePiece } from "./piece-memory.ts";
import { banPeer } from "../swarm/peers.ts";
import type { TorrentContent } from "../torrent-content.ts";
import type { JobWithContent } from "../torrent-job.ts";

/** The parts of the engine that hash and write sealed pieces. */
export type SealServices = Pick<
  Engine,
  "context" | "hashPool" | "memory" | "metrics" | "peerWorkers" | "torrents"
>;

/** A sealed piece on its way to the disk: the task of the hash pool, then the write. */
interface SealedPiece extends HashTask, Omit<VerifiedPiece, "tookMs"> {
  readonly leasedAtMs: number;
  /** Looked up at the seal: rows may soon belong to other peers. */
  readonly origin: AttemptOrigin;
  /** Set when the piece is hashed. */
  tookMs: number;
}

/** The origin of pieces that one message tells of. */
interface SealedOrigin {
  readonly origin: AttemptOrigin;
  readonly contributors: PieceReport["contributors"];
}

/** Hashes sealed pieces. No code writes to them until the engine answers. */
export function piecesSealed(
  engine: SealServices,
  job: JobWithContent,
  peerWorker: PeerWorkerHandle,
  { slab: slabId, places, origins }: PiecesSealed,
): void {
  const slab = engine.memory.slabs.get(slabId);
  const known = origins.map((each): SealedOrigin => {
    const origin = originOf(job, peerWorker, each);
    return { origin, contributors: reportedAddresses(origin) };
  });
  const { ledger } = job.content;
  const sealed: SealedPiece[] = [];
  for (let at = 0; at < places.length; at += sealedFields) {
    const piece = places[at] as PieceIndex;
    const lease = ledger.leaseOf(piece, places[at + 1] as LeaseId);
    const from = known[places[at + 4] ?? 0];
    if (slab === undefined || from === undefined || lease?.worker !== peerWorker.index) {
      if (ledger.isUnleased(piece)) castPieceFailed(job, peerWorker, piece);
      continue;
    }
    ledger.toHashing(piece);
    engine.memory.slabs.retain(slab);
    sealed.push({
      torrent: job.id,
      piece,
      slab: slabId,
      memory: slab.memory,
      offset: places[at + 2] ?? 0,
      lengthBytes: places[at + 3] ?? 0,
      dataBytes: dataBytesOf(job.content, piece, places[at + 3] ?? 0),
      origin: from.origin,
      contributors: from.contributors,
      leasedAtMs: lease.grantedAtMs,
      tookMs: 0,
    });
  }
  if (slab === undefined || sealed.length === 0) return;
  hashPieces(engine, job, slab, sealed).catch((error: unknown) => failEngine(engine, job, error));
}

async function hashPieces(
  engine: SealServices,
  job: JobWithContent,
  slab: Slab,
  sealed: readonly SealedPiece[],
): Promise<void> {
  const { pieceHashes } = job.content.metainfo;
  const { digestBytes } = pieceHashes;
  const begunAtMs = engine.context.clock.nowMs();
  const { digests, failures } = await digestsOf(engine, job, sealed);
  const nowMs = engine.context.clock.nowMs();
  engine.metrics.hashSeconds.record((nowMs - begunAtMs) / 1_000);
  for (let index = 0; index < sealed.length; index++) {
    const each = sealed[index];
    if (each === undefined) continue;
    each.tookMs = Math.round(nowMs - each.leasedAtMs);
    if (failures?.has(index) === true)
      notHashed(engine, job, slab, each.piece, failures.get(index));
    // A piece before it may have ended the torrent.
    else if (!engine.torrents.has(job.id)) endSlabUse(engine, slab);
    else {
      const isGood = pieceHashes.matches(each.piece, digests, index * digestBytes);
      pieceHashed(engine, job, slab, each, isGood);
    }
  }
}

/** By the hasher of the torrent, if it has one. */
function digestsOf(
  { hashPool }: Pick<Engine, "hashPool">,
  { content, parts }: JobWithContent,
  sealed: readonly SealedPiece[],
): Promise<GroupDigests> {
  const { pieceHashes } = content.metainfo;
  const { part } = parts.hasher;
  return part === undefined
    ? hashPool.digestAll(sealed, pieceHashes)
    : part.hasher.digestAll(sealed, pieceHashes);
}

function pieceHashed(
  engine: SealServices,
  job: JobWithContent,
  slab: Slab,
  sealed: SealedPiece,
  isGood: boolean,
): void {
  engine.metrics.pieces[isGood ? "verified" : "failed"]++;
  if (isGood) creditContributors(job, sealed, engine.context.clock.nowMs());
  if (isGood && !job.content.failedAttempts.has(sealed.piece)) return writePiece(job, sealed);
  findLiars(engine, job, slab, sealed).catch((error: unknown) =>
    notHashed(engine, job, slab, sealed.piece, error),
  );
}

/** @param error Error of the hash pool, or of our own code, which ends the engine. */
function notHashed(
  engine: SealServices,
  job: JobWithContent,
  slab: Slab,
  piece: PieceIndex,
  error: unknown,
): void {
  const code = codeOf(error);
  // The engine is stopping.
  if (code === "hash-closed") return;
  if (code !== "hash-failed") return failEngine(engine, job, error);
  if (!engine.torrents.has(job.id)) return endSlabUse(engine, slab);
  abandonPiece(engine, job, piece, slab);
  job.life.fail(quarantineFault(job, `hash threads crashed twice at piece ${piece}`));
}

/** Such peers are asked first for a piece that failed. */
function creditContributors(
  { content: { files, webSeeds }, peers }: JobWithContent,
  { piece, origin: { contributors } }: SealedPiece,
  nowMs: number,
): void {
  for (const giver of contributors) {
    if (giver === undefined) continue;
    webSeeds.byPeerId(giver.peerId)?.piecePassed((file) => files.hasPiece(file, piece), nowMs);
    const peer = peers.byPeerId(giver.peerId);
    if (peer === undefined) continue;
    if (peer === giver || contributorKey(peer) === contributorKey(giver)) peer.passedPieces++;
  }
}

/**
 * After a failed attempt, block digests show whose blocks were wrong. The piece is hashed a second time, so that an
 * error of a thread bans no peer.
 */
async function findLiars(
  engine: SealServices,
  job: JobWithContent,
  slab: Slab,
  sealed: SealedPiece,
): Promise<void> {
  const { piece } = sealed;
  const { pieceHashes } = job.content.metainfo;
  const digests = await engine.hashPool.digestBlocks(sealed, pieceHashes);
  if (!engine.torrents.has(job.id)) return endSlabUse(engine, slab);
  const ofBlocks = digests.subarray(pieceHashes.digestBytes);
  if (!pieceHashes.matches(piece, digests)) {
    if (pieceHashes.matchesNode(piece, digests)) return failForHalves(engine, job, slab, piece);
    return hashFailed(engine, job, slab, sealed, ofBlocks);
  }
  const liars = job.content.failedAttempts.recordPassed(piece, ofBlocks);
  for (const liar of liars) banPeer(engine, job, liar);
  writePiece(job, sealed);
}

/** The peers gave what version 2 wants: the torrent itself is wrong, and no piece of it can be trusted. */
function failForHalves(
  engine: SealServices,
  job: JobWithContent,
  slab: Slab,
  piece: PieceIndex,
): void {
  abandonPiece(engine, job, piece, slab);
  job.life.fail(asFault(halvesDiffer(piece)));
}

function writePiece(job: JobWithContent, sealed: SealedPiece): void {
  job.content.ledger.toWriting(sealed.piece);
  job.disk.pendingWrites.write(sealed);
}

function hashFailed(
  engine: Pick<Engine, "context" | "memory" | "metrics" | "peerWorkers">,
  job: JobWithContent,
  slab: Slab,
  sealed: SealedPiece,
  digests: Uint8Array,
): void {
  const { failedAttempts, ledger } = job.content;
  const { contributors, origin, piece, tookMs } = sealed;
  if (holdFailedPiece(engine, job, sealed, digests)) freePiece(engine, job, piece, slab);
  else {
    countFailedBytes(engine, job, ledger.dataBytes.ofPiece(piece));
    abandonPiece(engine, job, piece, slab);
  }
  const hasGivers = origin.contributors.length > 0;
  if (!hasGivers && isPaddingAlone(job.content, piece)) failForPadding(job, piece);
  job.outbox.emit({ event: "piece", index: piece, verified: false, tookMs, contributors });
  const { clock } = engine.context;
  const nowMs = clock.nowMs();
  const at = clock.epochMs();
  engine.metrics.origins.add(job.id, { piece, verified: false, at, tookMs, contributors });
  for (const liar of failedAttempts.recordFailed(piece, origin, digests, nowMs)) {
    banPeer(engine, job, liar);
  }
}

/** No peer could send such a piece otherwise: each attempt would fail. */
function failForPadding({ life }: JobWithContent, piece: PieceIndex): void {
  const message = `piece ${piece} is padding, which is zeros, but its hash is that of other bytes`;
  life.fail({ code: "padding-not-zero", message });
}

function isPaddingAlone({ ledger, padding }: TorrentContent, piece: PieceIndex): boolean {
  const { geometry } = ledger;
  const begin = pieceStart(geometry, piece);
  const end = begin + pieceLength(geometry, piece);
  return unpackPadding(padding).some(([runBegin, runEnd]) => runBegin <= begin && end <= runEnd);
}

/** Version 1 hashes padding, which may lie anywhere in a piece; in version 2 it lies at the end of a piece. */
function dataBytesOf(
  { ledger, metainfo }: TorrentContent,
  piece: PieceIndex,
  lengthBytes: number,
): number {
  return metainfo.pieceHashes.algorithm === "sha1" ? lengthBytes : ledger.dataBytes.ofPiece(piece);
}
