import { blockLength, pieceStart } from "@troupe/protocol/metainfo";
import { type PieceIndex, blockLengthBytes } from "@troupe/protocol/units";

import { releaseRejected } from "../../download/downloads.ts";
import { PeerFault } from "../../wire/faults.ts";
import type { SessionWithContent } from "../session.ts";
import type { FastPeer } from "./fast-peer.ts";

/**
 * The peer does not send a block (BEP 6): others may. A late answer to a request that we took back is dropped.
 *
 * @throws {PeerFault} `reject-not-requested`.
 */
export function rejectFromPeer(
  session: SessionWithContent,
  fast: FastPeer,
  piece: number,
  begin: number,
  lengthBytes: number,
): void {
  const { amChokedByPeer, content, download, times, wire } = session;
  const index = piece as PieceIndex;
  const number = content.blockNumber(index, begin / blockLengthBytes);
  const isBlock = isBlockOf(session, piece, begin, lengthBytes);
  if (isBlock && releaseRejected(session, number))
    fast.noteReject(index, amChokedByPeer, wire.inputAtMs, times.lastBlockAtMs);
  else if (!isBlock || !download.lateBlocks.remove(number))
    throw notRequested(piece, begin, lengthBytes);
}

function isBlockOf(
  { content: { geometry, padding } }: SessionWithContent,
  piece: number,
  begin: number,
  lengthBytes: number,
): boolean {
  // A block number behind the piece would be that of a block of the next piece.
  if (piece >= geometry.pieceCount || lengthBytes === 0) return false;
  if (begin % blockLengthBytes !== 0) return false;
  const blockBytes = blockLength(geometry, piece, begin / blockLengthBytes);
  return lengthBytes === padding.dataBytes(pieceStart(geometry, piece) + begin, blockBytes);
}

/** @returns The fault of a peer that rejects a block that was not requested. */
export function notRequested(piece: number, begin: number, lengthBytes: number): PeerFault {
  return new PeerFault(
    "reject-not-requested",
    `cannot take the reject of ${lengthBytes} bytes at ${begin} of piece ${piece}: they were not requested`,
  );
}
