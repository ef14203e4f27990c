// The hash layers of a torrent of version 2 whose .torrent has none, from the first peer to the saved .torrent.

import type { MessageOf } from "@troupe/actor-runtime";
import type { PeerProtocol } from "@troupe/messages";
import { nodeBytes } from "@troupe/protocol/merkle";
import type { PieceIndex } from "@troupe/protocol/units";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { suspectFound, suspectUnproven } from "../checks/suspect-pieces.ts";
import { peerKey } from "../metadata/job-magnet.ts";
import { saveLayers } from "../metadata/save-torrent.ts";
import type { JobWithContent } from "../torrent-job.ts";
import { leavesCame, leavesRejected, tendFailedPieces } from "./blame-blocks.ts";
import { castAsk, castHashesKnown, hashPeers } from "./hash-peers.ts";

type Message<Name extends keyof PeerProtocol> = MessageOf<PeerProtocol, Name>;

/** Asks for what is to be asked now. After each event, and at each tick. */
export function tendHashes(
  engine: Pick<Engine, "context" | "memory" | "metrics" | "peerWorkers">,
  job: JobWithContent,
): void {
  tendFailedPieces(engine, job);
  const { layers } = job.content;
  if (layers === undefined || !job.isInSwarm) return;
  const nowMs = engine.context.clock.nowMs();
  for (const ask of layers.decide(hashPeers(job), nowMs)) castAsk(engine, job, ask);
}

/** Hashes have come, which the peer-worker has proven. */
export function hashesCame(
  engine: Engine,
  job: JobWithContent,
  { index }: PeerWorkerHandle,
  { file, hashes, peer, range }: Message<"hashes-came">,
): void {
  const { ledger, metainfo } = job.content;
  if (range.baseLayer !== metainfo.trees?.pieceLayer)
    return leavesCame(engine, job, file, range, hashes);
  const { layers } = job.content;
  const known = layers?.came(peerKey(index, peer), file, range);
  if (known !== undefined) {
    const { bytes, digestBytes } = metainfo.pieceHashes;
    for (let at = 0; at < known.pieces; at++) {
      const node = hashes.subarray(at * nodeBytes, (at + 1) * nodeBytes);
      bytes.set(node, (known.firstPiece + at) * digestBytes);
      ledger.hashKnown((known.firstPiece + at) as PieceIndex);
    }
    if (metainfo.pieceHashes.algorithm === "hybrid")
      suspectUnproven(job, known.firstPiece, known.pieces);
    else if (job.content.hasUnjudgedData) suspectFound(job.content, piecesOf(known));
    job.content.usedPicker?.forgetOrder();
    castHashesKnown(engine, job);
  }
  if (layers?.isDone === true) endFetch(engine, job);
  else tendHashes(engine, job);
}

function* piecesOf({
  firstPiece,
  pieces,
}: {
  readonly firstPiece: number;
  readonly pieces: number;
}): Generator<PieceIndex, void> {
  for (let at = 0; at < pieces; at++) yield (firstPiece + at) as PieceIndex;
}

function endFetch(engine: Engine, job: JobWithContent): void {
  const { source } = job.content;
  job.content.endLayers();
  if (source !== undefined) saveLayers(engine, job, source);
}

/** A peer does not send hashes. */
export function hashesRejected(
  engine: Engine,
  job: JobWithContent,
  { index }: PeerWorkerHandle,
  { file, peer, range }: Message<"hashes-rejected">,
): void {
  const key = peerKey(index, peer);
  const nowMs = engine.context.clock.nowMs();
  if (range.baseLayer !== job.content.metainfo.trees?.pieceLayer)
    return leavesRejected(engine, job, key, file, range);
  job.content.layers?.rejected(key, file, range, nowMs);
  tendHashes(engine, job);
}
