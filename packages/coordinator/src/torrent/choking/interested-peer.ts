import type { ChokingPeer } from "./strategies/choking-strategy.ts";
import { isOptimisticOver } from "./optimistic.ts";
import { PayloadWindow, type PayloadFigures } from "./payload-window.ts";
import type { SlotMemory } from "./slot-memory.ts";

/**
 * A holder does not use its slot when it requests nothing for this long, and a round trip after its unchoke, or takes less
 * than a block in this time.
 */
export const unusedMs = 5_000;
/** A holder that requests nothing for this long leaves the upload to others. */
const idleMs = 1_500;
/**
 * Idle time of a holder that takes less than a block. The time of its blocks is written once a second, which makes this
 * a second in the mean.
 */
const unreadIdleMs = 500;

/** An interested peer at this moment. */
export interface PeerFigures extends PayloadFigures {
  readonly isSnubbed: boolean;
  /** The peer has pieces that we want. */
  readonly amInterested: boolean;
  readonly isChokingUs: boolean;
  /** Requests received so far while unchoked, and those not answered yet. */
  readonly requestsSeen: number;
  readonly requestsIn: number;
  /** 0: unknown. */
  readonly roundTripMs: number;
  /** Time for which bytes have waited in the peer's socket, which has taken less than a block. */
  readonly unreadMs: number;
}

/** A slot: the figures when it was given, and its use. */
interface HeldSlot {
  readonly isOptimistic: boolean;
  readonly sinceMs: number;
  /** Payload of the connection when the slot was given. */
  readonly downloadedBytes: number;
  readonly uploadedBytes: number;
  /** Payload sent until the last round. */
  uploadedAtRoundBytes: number;
  graceUntilMs: number;
  requestsSeen: number;
  /** When the peer last requested a block, or had unanswered requests. */
  askedMs: number;
}

/** A connection whose peer is interested, and its slot. */
export class InterestedPeer<Key extends object> {
  readonly key: Key;
  readonly subscriber: string;
  readonly window: PayloadWindow = new PayloadWindow();
  figures: PeerFigures;
  slot: HeldSlot | undefined;
  /** Bytes that the peer gave until the last call of {@link takePayment}. */
  #creditedBytes: number;

  constructor(key: Key, subscriber: string, figures: PeerFigures, nowMs: number) {
    this.key = key;
    this.subscriber = subscriber;
    this.figures = figures;
    this.#creditedBytes = figures.downloadedBytes;
    this.window.sample(figures, nowMs);
  }

  giveSlot(isOptimistic: boolean, nowMs: number): void {
    const { downloadedBytes, uploadedBytes, requestsSeen, roundTripMs } = this.figures;
    this.slot = {
      isOptimistic,
      sinceMs: nowMs,
      downloadedBytes,
      uploadedBytes,
      uploadedAtRoundBytes: uploadedBytes,
      graceUntilMs: nowMs + roundTripMs + unusedMs,
      requestsSeen,
      askedMs: -Infinity,
    };
  }

  /** An optimistic slot that has ended and is given to the same peer begins again. */
  keepSlot(isOptimistic: boolean, nowMs: number): void {
    if (this.slot === undefined || this.slot.isOptimistic === isOptimistic) {
      if (this.hasEnded(nowMs)) this.giveSlot(true, nowMs);
      return;
    }
    this.slot = { ...this.slot, isOptimistic };
  }

  /** Whether the slot is an optimistic slot whose time is over. */
  hasEnded(nowMs: number): boolean {
    const { slot } = this;
    return slot !== undefined && slot.isOptimistic && isOptimisticOver(slot.sinceMs, nowMs);
  }

  /** Notes by the figures whether the peer requests blocks. */
  noteRequests(nowMs: number): void {
    const { slot } = this;
    if (slot === undefined) return;
    const { requestsIn, requestsSeen } = this.figures;
    if (requestsIn === 0 && requestsSeen === slot.requestsSeen) return;
    slot.requestsSeen = requestsSeen;
    slot.askedMs = nowMs;
    slot.graceUntilMs = Math.max(slot.graceUntilMs, nowMs + unusedMs);
  }

  /** Whether the holder requests blocks. */
  isAsking(nowMs: number): boolean {
    return this.slot !== undefined && nowMs - this.slot.askedMs < idleMs;
  }

  /** Whether the holder requests blocks, and takes them if we send them. */
  isBusy(nowMs: number): boolean {
    return this.isAsking(nowMs) && this.figures.unreadMs < unreadIdleMs;
  }

  /** @param patienceMs Time in which a holder takes a block. */
  isSlotUnused(nowMs: number, patienceMs: number): boolean {
    const { figures, slot } = this;
    if (slot === undefined) return false;
    if (nowMs >= slot.graceUntilMs) return true;
    return figures.unreadMs >= patienceMs && nowMs - slot.sinceMs >= unusedMs;
  }

  /** Whether the peer has taken blocks since it got its slot, and refuses the blocks that we want. */
  get isUnpaid(): boolean {
    const { figures, slot } = this;
    if (slot === undefined || !figures.amInterested) return false;
    if (!figures.isChokingUs && !figures.isSnubbed) return false;
    const hasPaid = figures.downloadedBytes > slot.downloadedBytes;
    return figures.uploadedBytes > slot.uploadedBytes && !hasPaid;
  }

  /** @returns Whether the peer has given blocks since the last call, with a slot or without. */
  takePayment(): boolean {
    const hasPaid = this.figures.downloadedBytes > this.#creditedBytes;
    this.#creditedBytes = this.figures.downloadedBytes;
    return hasPaid;
  }

  /** The peer as a strategy sees it. */
  view(memory: SlotMemory, nowMs: number, isReciprocal: boolean): ViewedPeer<Key> {
    const { figures, key, slot, subscriber } = this;
    return {
      key,
      subscriber,
      peer: this,
      isSnubbed: figures.isSnubbed,
      ...this.window.rates(figures, nowMs),
      slot: slot && {
        sinceMs: slot.sinceMs,
        sentBytes: figures.uploadedBytes - slot.uploadedBytes,
      },
      lastSlotMs: memory.lastSlotMs(subscriber),
      isResting: memory.isResting(subscriber, nowMs, isReciprocal),
    };
  }
}

/** A peer for a strategy, with its state. */
export interface ViewedPeer<Key extends object> extends ChokingPeer {
  readonly peer: InterestedPeer<Key>;
}
