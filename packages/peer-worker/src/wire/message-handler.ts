// Handles messages from FrameReader. Hot: `blockStarts` and `blockEnds` run for every 16 KiB.

import { PeerFlag } from "@troupe/messages";
import type { FrameSink } from "@troupe/protocol/frames";
import { hasBit } from "@troupe/protocol/peer";
import { type PieceIndex, blockLengthBytes } from "@troupe/protocol/units";

import { chokedByPeer, unchokedByPeer } from "../download/downloads.ts";
import { CommonMessages } from "./common-messages.ts";
import { HashMessages } from "../hashes/hash-messages.ts";
import { offerAllowedFast } from "../session/fast/allowed-fast.ts";
import { rejectFromPeer } from "../session/fast/peer-rejects.ts";
import { addAllPieces, addPeerPiece, addPeerBitfield } from "../choke/interest.ts";
import { sealPiece } from "../download/leases.ts";
import { giveBackBlock } from "../download/limited-requests.ts";
import { lateBlockMs, minUnrequestedBytes } from "../limits.ts";
import { BlockState, type PieceInProgress, noPeer } from "../download/piece-in-progress.ts";
import type { SessionWithContent } from "../session/session.ts";
import { cancelFromPeer, requestFromPeer } from "../upload/peer-requests.ts";

/** Handles the messages of a session with content. */
export class MessageHandler extends CommonMessages<SessionWithContent> implements FrameSink {
  blockMemory: Uint8Array;
  /** The last block's piece: nearly always the next block's too. */
  #lastPiece: PieceInProgress | undefined;
  #hashMessages: HashMessages | undefined;

  constructor(session: SessionWithContent) {
    super(session);
    this.blockMemory = session.worker.slab;
  }

  /** Undefined on a connection of version 1. */
  get hashSink(): HashMessages | undefined {
    if (!this.session.features.speaksV2) return undefined;
    return (this.#hashMessages ??= new HashMessages(this.session));
  }

  choke(): void {
    this.countIdle();
    chokedByPeer(this.session, this.session.wire.inputAtMs);
  }

  unchoke(): void {
    this.countIdle();
    unchokedByPeer(this.session, this.session.wire.inputAtMs);
  }

  have(piece: PieceIndex): void {
    if (this.session.has(piece)) this.session.wire.offences.count("have-flood", 1);
    else addPeerPiece(this.session, piece);
  }

  bitfield(bits: Uint8Array): void {
    this.session.wire.offences.count("bitfield-flood", 1);
    this.session.features.fast?.noteShown("bitfield");
    addPeerBitfield(this.session, bits);
  }

  haveAll(): void {
    this.notePiecesShown("have-all");
    addAllPieces(this.session);
  }

  override interested(): void {
    super.interested();
    offerAllowedFast(this.session);
  }

  suggest(piece: PieceIndex): void {
    this.countIdle();
    const fast = this.fastFor("suggest");
    if (fast.countSuggested()) fast.suggest(piece);
  }

  allowedFast(piece: PieceIndex): void {
    this.countIdle();
    const fast = this.fastFor("allowed-fast");
    const { content } = this.session;
    if (!fast.countAllowed() || hasBit(content.had, piece)) return;
    fast.allow(piece);
    if (this.session.has(piece)) content.demand.piecesShown(this.session);
  }

  reject(piece: number, begin: number, lengthBytes: number): void {
    rejectFromPeer(this.session, this.fastFor("reject"), piece, begin, lengthBytes);
  }

  request(piece: number, begin: number, lengthBytes: number): void {
    requestFromPeer(this.session, piece, begin, lengthBytes);
  }

  cancel(piece: number, begin: number, lengthBytes: number): void {
    cancelFromPeer(this.session, piece, begin, lengthBytes);
  }

  blockStarts(piece: PieceIndex, begin: number, lengthBytes: number): number {
    const { session } = this;
    const block = begin / blockLengthBytes;
    const wasRequested = Number.isInteger(block) && this.#removeRequest(piece, block, lengthBytes);
    if (!wasRequested) {
      this.#countSkipped(lengthBytes);
      this.#countUnrequested(lengthBytes);
      return -1;
    }
    const open = this.#openPiece(piece);
    if (open === undefined) {
      this.#countSkipped(lengthBytes);
      return -1;
    }
    if (!session.content.leases.mayRequestFrom(session.rowIndex, piece)) {
      // Late, and another peer has become the piece's sole peer.
      this.#refuseBlock(open, block, lengthBytes);
      return -1;
    }
    if (lengthBytes !== open.blockLengthBytes(block)) {
      this.#refuseBlock(open, block, lengthBytes);
      this.#countUnrequested(lengthBytes);
      return -1;
    }
    if (open.stateOf(block) >= BlockState.receiving) {
      this.#refuseBlock(open, block, lengthBytes);
      return -1;
    }
    open.startBlock(block, session.rowIndex);
    session.download.beginBlock(open, block, session.wire.inputAtMs);
    this.blockMemory = open.place.memory;
    return open.place.offset + begin;
  }

  blockEnds(piece: PieceIndex, _begin: number, lengthBytes: number): void {
    const { session } = this;
    const { download } = session;
    const { receivingBlock: block, receivingIn: open } = download;
    if (open === undefined)
      throw new Error(`bug: a block of piece ${piece} ended that never began`);
    download.endBlock();
    open.finishBlock(block, session.rowIndex);
    open.gainedAtMs = session.wire.inputAtMs;
    session.countReceived(lengthBytes);
    session.content.gainedAtMs = session.wire.inputAtMs;
    session.times.noteBlock(session.wire.inputAtMs);
    if (download.pipeline.isSnubbed) session.row.setFlag(PeerFlag.isSnubbed, false);
    download.pipeline.blockArrived();
    if (open.requesterOf(block) !== noPeer) cancelDuplicates(session, open, block, lengthBytes);
    if (open.isWhole) sealPiece(session.content, open, session.wire.inputAtMs);
  }

  #countUnrequested(lengthBytes: number): void {
    const bytes = Math.max(lengthBytes, minUnrequestedBytes);
    this.session.wire.offences.count("unrequested-blocks", bytes);
  }

  /**
   * Removes the request for a block. @returns Whether it was sent in the last two minutes, or ever to a peer with the
   * fast extension, which answers each request once.
   */
  #removeRequest(piece: PieceIndex, block: number, lengthBytes: number): boolean {
    const { content, download, features, wire, worker } = this.session;
    const { requests } = download;
    const number = content.blockNumber(piece, block);
    const index = requests.indexOf(number);
    if (index >= 0) {
      download.addBlockTime(wire.inputAtMs - requests.timeMsAt(index));
      requests.removeAt(index);
      worker.rateLimits?.down.settle(this.session, lengthBytes);
      return true;
    }
    const { lateBlocks } = download;
    if (features.fast === undefined) lateBlocks.removeBefore(wire.inputAtMs - lateBlockMs);
    const isLate = lateBlocks.remove(number);
    if (isLate) worker.rateLimits?.down.charge(this.session, lengthBytes);
    return isLate;
  }

  #openPiece(piece: PieceIndex): PieceInProgress | undefined {
    const last = this.#lastPiece;
    if (last !== undefined && last.piece === piece && last.isOpen) return last;
    this.#lastPiece = this.session.content.leases.open.get(piece);
    return this.#lastPiece;
  }

  /** A block to discard: already there, or not of the requested length. */
  #refuseBlock(open: PieceInProgress, block: number, lengthBytes: number): void {
    const { content, rowIndex } = this.session;
    this.#countSkipped(lengthBytes);
    open.dropRequest(block, rowIndex);
    content.leases.noteFreeBlocks(open);
  }

  #countSkipped(lengthBytes: number): void {
    this.session.countReceived(lengthBytes);
    this.session.content.countWasted(lengthBytes);
  }
}

/** Cancels the received block at other peers that owe it. */
function cancelDuplicates(
  session: SessionWithContent,
  piece: PieceInProgress,
  block: number,
  lengthBytes: number,
): void {
  const { content, torrent, wire } = session;
  const number = content.blockNumber(piece.piece, block);
  let rowIndex = piece.requesterOf(block);
  while (rowIndex !== noPeer) {
    const other = torrent.sessionAt(rowIndex);
    if (other === undefined)
      throw new Error(`bug: block ${block} is owed by row ${rowIndex}, which is empty`);
    piece.dropRequest(block, other.rowIndex);
    other.download.requests.remove(number);
    giveBackBlock(other as SessionWithContent, number);
    other.download.lateBlocks.push(number, wire.inputAtMs);
    other.wire.control.cancel(piece.piece, block * blockLengthBytes, lengthBytes);
    rowIndex = piece.requesterOf(block);
  }
}
