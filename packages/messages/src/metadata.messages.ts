// Messages of a peer-worker about the metadata of magnets (BEP 9).

import type { Cast, Notice } from "@troupe/actor-runtime";
import type { PeerRowIndex, TorrentId } from "./ids.ts";

/** The part of a peer-worker's protocol that is about metadata. */
export type MetadataProtocol = {
  /**
   * While the torrent has no content: a block of the metadata, which the peer has offered. At most two a peer wait for
   * an answer; after 20 s a block may be asked for again.
   */
  "ask-metadata": Cast<{
    readonly torrent: TorrentId;
    readonly peer: PeerRowIndex;
    readonly block: number;
  }>;
  /**
   * The peer has the metadata (BEP 9); after its `peer-opened`, and again when the size changes. Only while the torrent
   * has no content, as the next two.
   */
  "metadata-offered": Notice<{
    readonly torrent: TorrentId;
    readonly peer: PeerRowIndex;
    /** 1 to 16 MiB. */
    readonly sizeBytes: number;
  }>;
  /** The answer to `ask-metadata`. */
  "metadata-block": Notice<{
    readonly torrent: TorrentId;
    readonly peer: PeerRowIndex;
    readonly block: number;
    /** Bytes of the whole metadata, as this answer has it, or else as the peer offered it. */
    readonly sizeBytes: number;
    /** In memory of their own. */
    readonly bytes: Uint8Array;
  }>;
  /** The answer to `ask-metadata` of a peer that does not send the block. */
  "metadata-rejected": Notice<{
    readonly torrent: TorrentId;
    readonly peer: PeerRowIndex;
    readonly block: number;
  }>;
};
