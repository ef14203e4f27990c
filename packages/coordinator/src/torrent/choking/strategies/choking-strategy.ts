// A strategy decides which of the interested peers of a torrent earn a slot. Each strategy is a module of pure
// functions.

/** An interested peer as a strategy sees it. */
export interface ChokingPeer {
  /** The connection; a later connection of the same peer has another key. */
  readonly key: object;
  /** Connections of a subscriber count as a single peer. A local address counts with its port. */
  readonly subscriber: string;
  /** The peer owes us blocks and sends none. */
  readonly isSnubbed: boolean;
  /** Payload rates over 20 s. */
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
  /** Undefined: the peer has no slot. */
  readonly slot: PeerSlot | undefined;
  /** When its subscriber last got a slot; −∞: never. */
  readonly lastSlotMs: number;
  /** The peer waits behind the others after a slot that it did not use or did not repay. */
  readonly isResting: boolean;
}

/** A slot of a peer. */
export interface PeerSlot {
  readonly sinceMs: number;
  /** Payload sent to the peer since it got the slot. */
  readonly sentBytes: number;
}

/** @returns The slots besides the slots that ranked peers earn: one in any case, unless the only slot is earned. */
export function slotsBeside(slots: number, ranked: number): number {
  return slots === 1 && ranked > 0 ? 0 : Math.max(1, slots - ranked);
}

/** The peers that get slots, and in which order. */
export interface ChokingStrategy {
  /** Peers are expected to give data for an optimistic slot. */
  readonly isReciprocal: boolean;
  /** @returns The peers that earn a slot, best first. Other peers get optimistic slots only. */
  rank<Peer extends ChokingPeer>(peers: readonly Peer[], nowMs: number): readonly Peer[];
  /**
   * @param ranked Peers that earn a slot.
   * @returns The number of slots, of all slots of the torrent, that go to other peers at random.
   */
  optimisticSlots(slots: number, ranked: number): number;
}
