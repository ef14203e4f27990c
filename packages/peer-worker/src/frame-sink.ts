// The messages of one peer, as FrameReader cuts them out. Hot: `blockStarts` and `blockEnds` run for every 16 KiB.

import { PeerFlag } from "@troupe/messages";
import {
  type FrameSink,
  type PieceIndex,
  blockLengthBytes,
  decodeExtendedHandshake,
} from "@troupe/protocol";

import { chokedByPeer, unchokedByPeer } from "./downloads.ts";
import { peerGainsPiece, peerShowsPieces } from "./interest.ts";
import { sealPiece } from "./leases.ts";
import { extendedHandshakeEveryMs, lateBlockMs } from "./limits.ts";
import { BlockState, type PieceInProgress, nobody } from "./piece-in-progress.ts";
import type { Session } from "./session.ts";
import { cancelFromPeer, requestFromPeer } from "./uploads.ts";

/** The id of an extended message, and the one that it has by agreement. */
const extendedIdsBytes = 2;

/** Acts on the messages of one session. Throws PeerFault, and ProtocolError of an extension handshake. */
export class SessionSink implements FrameSink {
  blockMemory: Uint8Array;
  readonly #session: Session;
  /** Where the last block went: nearly always where the next one goes. */
  #lastPiece: PieceInProgress | undefined;

  constructor(session: Session) {
    this.#session = session;
    this.blockMemory = session.torrent.worker.slab;
  }

  keepAlive(): void {
    this.#session.framesSeen++;
    this.#session.conduct.idleMessage();
  }

  choke(): void {
    this.#session.framesSeen++;
    this.#session.conduct.idleMessage();
    chokedByPeer(this.#session);
  }

  unchoke(): void {
    this.#session.framesSeen++;
    this.#session.conduct.idleMessage();
    unchokedByPeer(this.#session);
  }

  interested(): void {
    this.#session.framesSeen++;
    this.#session.conduct.idleMessage();
    this.#session.row.setFlag(PeerFlag.isPeerInterested, true);
  }

  notInterested(): void {
    this.#session.framesSeen++;
    this.#session.conduct.idleMessage();
    this.#session.row.setFlag(PeerFlag.isPeerInterested, false);
  }

  have(piece: PieceIndex): void {
    this.#session.framesSeen++;
    if (this.#session.has(piece)) this.#session.conduct.repeatedHave();
    else peerGainsPiece(this.#session, piece);
  }

  bitfield(bits: Uint8Array): void {
    this.#session.framesSeen++;
    this.#session.conduct.bitfield();
    peerShowsPieces(this.#session, bits);
  }

  request(piece: number, begin: number, lengthBytes: number): void {
    this.#session.framesSeen++;
    requestFromPeer(this.#session, piece, begin, lengthBytes);
  }

  cancel(piece: number, begin: number, lengthBytes: number): void {
    this.#session.framesSeen++;
    cancelFromPeer(this.#session, piece, begin, lengthBytes);
  }

  port(): void {
    this.#session.framesSeen++;
    this.#session.conduct.idleMessage();
  }

  extended(id: number, payload: Uint8Array): void {
    const session = this.#session;
    session.framesSeen++;
    const isSoon = session.nowMs - session.extendedHandshakeAtMs < extendedHandshakeEveryMs;
    if (id !== 0 || isSoon) {
      session.conduct.unknownMessage(payload.length + extendedIdsBytes);
      return;
    }
    session.extendedHandshakeAtMs = session.nowMs;
    const { requestQueue, port } = decodeExtendedHandshake(payload);
    if (port !== undefined) noteListenPort(session, port);
    if (requestQueue !== undefined) session.pipeline.setPeerLimit(requestQueue);
  }

  unknown(_id: number, lengthBytes: number): void {
    this.#session.framesSeen++;
    this.#session.conduct.unknownMessage(lengthBytes);
  }

  blockStarts(piece: PieceIndex, begin: number, lengthBytes: number): number {
    const session = this.#session;
    session.framesSeen++;
    const block = begin / blockLengthBytes;
    const wasAsked = Number.isInteger(block) && this.#settleRequest(piece, block);
    if (!wasAsked) {
      this.#countSkipped(lengthBytes);
      session.conduct.unrequestedBlock(lengthBytes);
      return -1;
    }
    const open = this.#openPiece(piece);
    if (open === undefined) {
      this.#countSkipped(lengthBytes);
      return -1;
    }
    if (!session.torrent.book.admits(session.slot, piece)) {
      // Late, and by now another has the piece to itself.
      this.#refuseBlock(open, block, lengthBytes);
      return -1;
    }
    if (lengthBytes !== open.blockLengthBytes(block)) {
      this.#refuseBlock(open, block, lengthBytes);
      session.conduct.unrequestedBlock(lengthBytes);
      return -1;
    }
    if (open.stateOf(block) >= BlockState.receiving) {
      this.#refuseBlock(open, block, lengthBytes);
      return -1;
    }
    open.startBlock(block, session.slot);
    session.receivingIn = open;
    session.receivingBlock = block;
    session.receivingSinceMs = session.nowMs;
    this.blockMemory = open.place.memory;
    return open.place.offset + begin;
  }

  blockEnds(piece: PieceIndex, _begin: number, lengthBytes: number): void {
    const session = this.#session;
    const open = session.receivingIn;
    if (open === undefined)
      throw new Error(`bug: a block of piece ${piece} ended that never began`);
    const block = session.receivingBlock;
    session.receivingIn = undefined;
    open.finishBlock(block, session.slot);
    open.gainedAtMs = session.nowMs;
    session.countReceived(lengthBytes);
    session.torrent.gainedAtMs = session.nowMs;
    session.lastBlockAtMs = session.nowMs;
    this.#measureRoundTrip();
    if (session.pipeline.isSnubbed) session.row.setFlag(PeerFlag.isSnubbed, false);
    session.pipeline.blockArrived();
    if (open.requesterOf(block) !== nobody) cancelCopies(session, open, block, lengthBytes);
    if (open.isWhole) sealPiece(session.torrent, open);
  }

  /** Strikes the request for a block off the list. @returns Whether there was one in the last two minutes. */
  #settleRequest(piece: PieceIndex, block: number): boolean {
    const { requests, lateBlocks, torrent, nowMs } = this.#session;
    const number = torrent.blockNumber(piece, block);
    if (requests.remove(number)) return true;
    lateBlocks.removeBefore(nowMs - lateBlockMs);
    return lateBlocks.remove(number);
  }

  #openPiece(piece: PieceIndex): PieceInProgress | undefined {
    const last = this.#lastPiece;
    if (last !== undefined && last.piece === piece && last.isOpen) return last;
    this.#lastPiece = this.#session.torrent.book.open.get(piece);
    return this.#lastPiece;
  }

  /** A block that lands nowhere: it is there already, or its length is not the one asked for. */
  #refuseBlock(open: PieceInProgress, block: number, lengthBytes: number): void {
    const { torrent, slot } = this.#session;
    this.#countSkipped(lengthBytes);
    open.dropRequest(block, slot);
    torrent.book.noteFreed(open);
  }

  #countSkipped(lengthBytes: number): void {
    this.#session.countReceived(lengthBytes);
    this.#session.torrent.countWasted(lengthBytes);
  }

  #measureRoundTrip(): void {
    const session = this.#session;
    if (session.probeSentAtMs < 0) return;
    session.roundTripMs = session.nowMs - session.probeSentAtMs;
    session.probeSentAtMs = -1;
  }
}

/** Of a dialled peer the port is known. One that is not admitted yet is spoken of when it is. */
function noteListenPort(session: Session, port: number): void {
  const { identity, torrent, slot, phase } = session;
  if (!identity.isIncoming || session.listenPort === port) return;
  session.listenPort = port;
  if (phase === "open")
    torrent.worker.notices.say("peer-listens", { torrent: torrent.id, peer: slot, port });
}

/** A block has come: others that owe it are told to keep theirs. */
function cancelCopies(
  session: Session,
  piece: PieceInProgress,
  block: number,
  lengthBytes: number,
): void {
  const { torrent, nowMs } = session;
  const number = torrent.blockNumber(piece.piece, block);
  let slot = piece.requesterOf(block);
  while (slot !== nobody) {
    const other = torrent.sessionAt(slot);
    if (other === undefined)
      throw new Error(`bug: block ${block} is owed by slot ${slot}, which is empty`);
    piece.dropRequest(block, other.slot);
    other.requests.remove(number);
    other.lateBlocks.push(number, nowMs);
    other.control.cancel(piece.piece, block * blockLengthBytes, lengthBytes);
    slot = piece.requesterOf(block);
  }
}
