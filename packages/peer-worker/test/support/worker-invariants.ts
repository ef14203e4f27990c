// Invariants of a peer-worker, for any actions of peers and the engine.

import { Total } from "@troupe/messages";
import { hasBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";

import { BlockState, noPeer } from "../../src/download/piece-in-progress.ts";
import type { TorrentContent } from "../../src/torrent.ts";
import type { WorkerBench } from "./worker-bench.ts";

/** @throws when what must hold at any time does not: memory, blocks, requests and pieces of one torrent. */
export function checkInvariants(bench: WorkerBench, content: TorrentContent): void {
  const { leases, table, torrent } = content;
  const { downloads } = bench.worker;
  same("slot bytes", table.totals[Total.usedBytes], extentBytesOf(content));
  const ofAll = [...bench.worker.contents()].map((each) => extentBytesOf(each));
  const inUse = ofAll.reduce((sum, bytes) => sum + bytes, 0);
  same("allocated bytes", downloads.totalBytes - downloads.freeBytes, inUse);
  let owed = 0;
  for (const piece of leases.open.values()) {
    const states = Array.from({ length: piece.blockCount }, (_, block) => piece.stateOf(block));
    const countOf = (state: number): number => states.filter((each) => each === state).length;
    same("free blocks", piece.freeCount, countOf(BlockState.free));
    same("received blocks", piece.receivedCount, countOf(BlockState.received));
    same("receiving blocks", piece.receivingCount, countOf(BlockState.receiving));
    for (const [block, state] of states.entries()) {
      const number = content.blockNumber(piece.piece, block);
      const owing = [...torrent.sessions].filter(
        ({ downloadIfAny }) => (downloadIfAny?.requests.indexOf(number) ?? -1) >= 0,
      );
      owed += owing.length;
      if (owing.length > 2) throw new Error(`${owing.length} peers owe block ${block}`);
      const isOwed = piece.requesterOf(block) !== noPeer;
      same("a requested block is owed", state === BlockState.requested ? isOwed : true, true);
      same("an owed block has its peer", isOwed, owing.length > 0);
    }
  }
  const asked = [...torrent.sessions].reduce(
    (sum, { downloadIfAny }) => sum + (downloadIfAny?.requests.length ?? 0),
    0,
  );
  same("requests are for open pieces", asked, owed);
  same("peers with content", content.sessions.size, torrent.sessions.size);
  for (const session of content.sessions) {
    const missing = Array.from(
      { length: content.geometry.pieceCount },
      (_, piece) => piece as PieceIndex,
    ).filter((piece) => session.has(piece) && !hasBit(content.had, piece)).length;
    same("pieces missing", session.chokeIfAny?.interestingPieces ?? 0, missing);
  }
}

/** Extents of all pieces that a torrent has open, sealed or kept for another worker. */
function extentBytesOf({ leases }: TorrentContent): number {
  const places = [...leases.open.values(), ...leases.outgoingTransfers.values()].map(
    ({ place }) => place,
  );
  const extents = [...places, ...leases.sealed.values()].map(({ extentBytes }) => extentBytes);
  return extents.reduce((sum, bytes) => sum + bytes, 0);
}

/** @throws when what is seen is not what is due. */
export function same(what: string, seen: unknown, due: unknown): void {
  if (seen !== due) throw new Error(`${what}: ${String(seen)} instead of ${String(due)}`);
}
