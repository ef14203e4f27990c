// Messages of a peer while the metadata is unknown.

import { PeerFlag } from "@troupe/messages";
import type { FrameSink } from "@troupe/protocol/frames";
import type { PieceIndex } from "@troupe/protocol/units";

import { CommonMessages } from "./common-messages.ts";
import { countEarlyMemory } from "./early-memory.ts";
import { rejectRequest } from "../upload/rejects.ts";
import { notRequested } from "../session/fast/peer-rejects.ts";
import type { Session } from "../session/session.ts";

/** No block is read before the metadata is known. */
const noMemory = new Uint8Array(0);

/** Keeps what the peer has for the time when the metadata is known. */
export class EarlyMessages extends CommonMessages<Session> implements FrameSink {
  readonly blockMemory: Uint8Array = noMemory;

  choke(): void {
    this.countIdle();
    this.session.row.setFlag(PeerFlag.amChokedByPeer, true);
  }

  unchoke(): void {
    this.countIdle();
    this.session.row.setFlag(PeerFlag.amChokedByPeer, false);
  }

  have(piece: PieceIndex): void {
    this.#keep(() => this.session.features.early.keep().have(piece));
  }

  bitfield(bits: Uint8Array): void {
    this.session.wire.offences.count("bitfield-flood", 1);
    this.session.features.fast?.noteShown("bitfield");
    this.#keep(() => this.session.features.early.keep().bitfield(bits));
  }

  haveAll(): void {
    this.notePiecesShown("have-all");
    this.#keep(() => this.session.features.early.keep().haveAll());
  }

  suggest(piece: PieceIndex): void {
    this.countIdle();
    if (this.fastFor("suggest").countSuggested())
      this.#keep(() => this.session.features.early.keep().suggest(piece));
  }

  allowedFast(piece: PieceIndex): void {
    this.countIdle();
    if (this.fastFor("allowed-fast").countAllowed())
      this.#keep(() => this.session.features.early.keep().allowedFast(piece));
  }

  reject(piece: number, begin: number, lengthBytes: number): void {
    this.fastFor("reject");
    throw notRequested(piece, begin, lengthBytes);
  }

  request(piece: number, begin: number, lengthBytes: number): void {
    this.session.wire.offences.count("bad-requests", 1);
    rejectRequest(this.session, piece, begin, lengthBytes);
  }

  cancel(): void {
    this.session.wire.offences.countCancel(false);
  }

  blockStarts(piece: PieceIndex): never {
    throw new Error(`bug: a block of piece ${piece} before the metadata`);
  }

  blockEnds(piece: PieceIndex): void {
    this.blockStarts(piece);
  }

  #keep(add: () => void): void {
    if (this.session.wire.closeReason !== undefined) return;
    add();
    countEarlyMemory(this.session);
  }
}
