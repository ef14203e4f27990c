// What workers ask the coordinator. They know it under the role "owner".

import type { Call, Cast } from "@troupe/actor-runtime";
import type { LeaseId, TorrentId } from "./ids.ts";

/** A peer that has finished its handshakes and asks to be let in. */
export interface Admit {
  readonly torrent: TorrentId;
  /** 20 bytes, as the peer sent them. */
  readonly peerId: Uint8Array;
  readonly host: string;
  readonly port: number;
  readonly isIncoming: boolean;
}

/** What the engine answers to its workers. */
export type CoordinatorProtocol = {
  /** The last step of a handshake: the coordinator sees duplicates, ourselves, bans and the connection limit. */
  admit: Call<
    Admit,
    | { readonly admitted: true }
    | { readonly refused: "self" | "duplicate" | "banned" | "full" | "closed" }
  >;
  /** The transferred piece named by this lease has been read; its memory may be freed. */
  "transferred-piece-taken": Cast<{ readonly torrent: TorrentId; readonly lease: LeaseId }>;
};
