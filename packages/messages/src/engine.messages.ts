import type { Call, Cast } from "@troupe/actor-runtime";
import type { LeaseId, TorrentId } from "./ids.ts";
import type { PeerConnection } from "./peer.messages.ts";

/** A peer to admit, after both handshakes. */
export type Admit = Omit<PeerConnection, "peer">;

/** Calls and casts of workers to the engine, whose role is "owner". */
export type EngineProtocol = {
  /**
   * The end of a handshake: the engine refuses duplicates, ourselves, banned and filtered addresses, and connections
   * beyond the limit.
   */
  admit: Call<
    Admit,
    | { readonly admitted: true }
    | { readonly refused: "self" | "duplicate" | "banned" | "ip-filtered" | "full" | "closed" }
  >;
  /** The transferred piece was copied; its memory may be freed. */
  "transferred-piece-taken": Cast<{ readonly torrent: TorrentId; readonly lease: LeaseId }>;
};
