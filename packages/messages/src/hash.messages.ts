// Messages of a peer-worker about hashes of version 2 (BEP 52).

import type { Cast, Notice } from "@troupe/actor-runtime";
import type { HashRange } from "@troupe/protocol/merkle";
import type { PeerRowIndex, TorrentId } from "./ids.ts";

/** Hashes of the tree of a file that are asked of a peer (BEP 52). */
export interface AskedHashes {
  readonly torrent: TorrentId;
  readonly peer: PeerRowIndex;
  /** Its index in the torrent. */
  readonly file: number;
  readonly range: HashRange;
}

/** The part of a peer-worker's protocol that is about hashes. */
export type HashProtocol = {
  /**
   * Hashes of a layer, with their proof up to a node that is known. Answered by `hashes-came` or `hashes-rejected`, or by the
   * `peer-closed` of a peer that sends wrong hashes. A peer that owes two answers rejects it at once.
   */
  "ask-hashes": Cast<AskedHashes>;
  /** Hashes of pieces are known: blocks of these pieces may be requested. */
  "hashes-known": Cast<{ readonly torrent: TorrentId }>;
  /** The answer to `ask-hashes`, which its proof has shown to be right. */
  "hashes-came": Notice<
    AskedHashes & {
      /** The hashes of the range, zero nodes beyond the end of the file included; in memory of their own. */
      readonly hashes: Uint8Array;
    }
  >;
  /** The answer to `ask-hashes` of a peer that does not send the hashes. */
  "hashes-rejected": Notice<AskedHashes>;
};
