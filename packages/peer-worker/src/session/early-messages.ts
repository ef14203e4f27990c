// Messages of a peer while the metadata is unknown.

import { PeerFlag } from "@troupe/messages";
import type { FrameSink, PieceIndex } from "@troupe/protocol";

import { CommonMessages } from "./common-messages.ts";
import { maxEarlyHaveBytes } from "../limits.ts";
import type { PeerWorker } from "../peer-worker.ts";
import { closeSession, dropEarlyHaves } from "./session-end.ts";
import type { Session } from "./session.ts";

const keptTooMuch = "kept-too-much";

/** Keeps what the peer has for the time when the metadata is known. */
export class EarlyMessages extends CommonMessages<Session> implements FrameSink {
  readonly blockMemory: Uint8Array = new Uint8Array(0);

  choke(): void {
    this.countIdle();
    this.session.row.setFlag(PeerFlag.amChokedByPeer, true);
  }

  unchoke(): void {
    this.countIdle();
    this.session.row.setFlag(PeerFlag.amChokedByPeer, false);
  }

  have(piece: PieceIndex): void {
    this.session.framesSeen++;
    this.#keep(() => this.session.earlyHaves.have(piece));
  }

  bitfield(bits: Uint8Array): void {
    this.session.framesSeen++;
    this.session.offences.count("bitfield-flood", 1);
    this.#keep(() => this.session.earlyHaves.bitfield(bits));
  }

  request(): void {
    this.session.framesSeen++;
    this.session.offences.count("bad-requests", 1);
  }

  cancel(): void {
    this.session.framesSeen++;
    this.session.offences.countCancel(false);
  }

  blockStarts(piece: PieceIndex): never {
    throw new Error(`bug: a block of piece ${piece} before the metadata`);
  }

  blockEnds(piece: PieceIndex): void {
    this.blockStarts(piece);
  }

  #keep(add: () => void): void {
    const { session } = this;
    const { earlyHaves, worker } = session;
    if (session.closeReason !== undefined) return;
    const beforeBytes = earlyHaves.sizeBytes;
    add();
    worker.earlyMemory.takeAnyway(earlyHaves.sizeBytes - beforeBytes);
    if (earlyHaves.sizeBytes > maxEarlyHaveBytes) giveUpEarly(session);
    while (worker.earlyMemory.isOver) giveUpEarly(largestKeeper(worker, session));
  }
}

/** Closes without a fault: the peer is dialled again when the metadata is known. */
function giveUpEarly(session: Session): void {
  dropEarlyHaves(session);
  if (session.isReading) session.closeReason = keptTooMuch;
  else closeSession(session, keptTooMuch, false);
}

/** The peer that keeps the most memory from others. */
function largestKeeper(worker: PeerWorker, first: Session): Session {
  let largest = first;
  for (const { sessions } of worker.torrents.values()) {
    for (const session of sessions) {
      if (session.earlyHaves.sizeBytes > largest.earlyHaves.sizeBytes) largest = session;
    }
  }
  return largest;
}
