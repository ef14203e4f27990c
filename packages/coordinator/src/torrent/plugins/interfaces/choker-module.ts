// The interface of a choker of the user's program (docs/extending.md).

import type { TorrentShape } from "@troupe/messages";
import type { ChokingPeer } from "../../choking/strategies/choking-strategy.ts";

/** The default export of a module with a choker. Called at the start of each run. */
export type ChokerModule = (torrent: TorrentShape) => TorrentChoker;

/** Decides which peers of a torrent get its slots, every ten seconds. */
export interface TorrentChoker {
  /** Peers are expected to give data for an optimistic slot; others rest for a while. Default false. */
  readonly isReciprocal?: boolean;
  /**
   * Answers at once: the engine waits. Between two rounds the question names the peers without a slot alone.
   *
   * @returns The peers that earn a slot, best first. Second connections of a subscriber come behind all others.
   */
  rank(peers: readonly RankedPeer[], scene: RankingScene): Iterable<RankedPeer>;
  /**
   * @param slots Slots of the torrent; infinite with `uploadSlots: "all"`.
   * @param ranked Peers that earn a slot.
   * @returns Slots that go to other peers at random, 0 to `slots`. Default: those that no ranked peer takes, and at
   *   least one of several; none with infinite slots.
   */
  optimisticSlots?(slots: number, ranked: number): number;
  /** The run has ended, or another choker takes over. */
  close?(): void;
}

/** A peer that wants data. */
export interface RankedPeer extends Omit<ChokingPeer, "key"> {
  /** Always the same object for a connection; a later connection of the peer has another. */
  readonly connection: PeerConnection;
}

/** The connection of a ranked peer. */
export interface PeerConnection {
  /** A numeric address. */
  readonly host: string;
  /** The remote port of the connection. */
  readonly port: number;
}

/** The circumstances of a ranking. */
export interface RankingScene {
  /** Monotonic, as the times of the peers. */
  readonly nowMs: number;
  /** Slots that the torrent may give; infinite with `uploadSlots: "all"`. */
  readonly slots: number;
  /** All wanted pieces are had. */
  readonly isComplete: boolean;
}
