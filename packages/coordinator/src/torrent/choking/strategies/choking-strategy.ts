// A strategy says which of the interested peers of a torrent earn a slot. Each is a module of pure functions.

/** An interested peer as a strategy sees it. */
export interface ChokingPeer {
  /** The connection; a later connection of the same peer has another key. */
  readonly key: object;
  /** Connections of a subscriber count as a single peer; local ones by port. */
  readonly subscriber: string;
  /** It owes us blocks and sends none. */
  readonly isSnubbed: boolean;
  /** Payload, over 20 s. */
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
  /** Its slot, if it has one. */
  readonly slot: PeerSlot | undefined;
  /** When its subscriber last got a slot; −∞: never. */
  readonly lastSlotMs: number;
  /** It waits behind the others after a slot that it did not use or did not repay. */
  readonly isResting: boolean;
}

/** A slot of a peer. */
export interface PeerSlot {
  readonly sinceMs: number;
  /** Payload sent to the peer since then. */
  readonly sentBytes: number;
}

/** The peers that get slots, and in which order. */
export interface ChokingStrategy {
  /** Peers are expected to give data for an optimistic slot. */
  readonly isReciprocal: boolean;
  /** @returns The peers that earn a slot, best first. Other peers get optimistic slots only. */
  rank<Peer extends ChokingPeer>(peers: readonly Peer[], nowMs: number): readonly Peer[];
  /**
   * @param ranked Peers that earn a slot.
   * @returns Slots, of all slots of the torrent, that go to other peers by lot.
   */
  optimisticSlots(slots: number, ranked: number): number;
}
