// What workers ask the coordinator, whose role is "owner".

import type { Call, Cast } from "@troupe/actor-runtime";
import type { LeaseId, TorrentId } from "./ids.ts";

/** A peer to admit, after both handshakes. */
export interface Admit {
  readonly torrent: TorrentId;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  readonly host: string;
  readonly port: number;
  readonly isIncoming: boolean;
}

/** Messages of the coordinator to its workers. */
export type CoordinatorProtocol = {
  /**
   * The last step of a handshake: the coordinator refuses duplicates, ourselves, banned addresses and connections
   * beyond the limit.
   */
  admit: Call<
    Admit,
    | { readonly admitted: true }
    | { readonly refused: "self" | "duplicate" | "banned" | "full" | "closed" }
  >;
  /** The worker has copied the transferred piece; its memory may be freed. */
  "transferred-piece-taken": Cast<{ readonly torrent: TorrentId; readonly lease: LeaseId }>;
};
