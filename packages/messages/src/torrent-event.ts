// Events of torrents in the engine.

import type { AddressSource } from "./address-source.ts";
import type { ConnectionKind } from "./connection-kind.ts";
import type { TorrentProgress, TorrentState } from "./api.messages.ts";
import type { PlacedFile } from "./file-list.ts";
import type { PieceEvent, PiecesHadEvent } from "./piece-event.ts";
import type { TorrentFault } from "./torrent-fault.ts";
import type { TorrentInfo } from "./torrent-info.ts";
import type { Why } from "./why.ts";
import type { TracedText } from "./wire-trace.ts";

/** The action of a torrent that has reached a goal of seeding. */
export type GoalAction = "stop" | "pause" | "remove" | "remove-with-files" | "super-seed";

/** A goal of seeding. */
export type SeedGoal = "ratio" | "seed-time" | "idle-time";

/** The goals of a torrent. */
export interface GoalValues {
  readonly ratio?: number;
  readonly seedSeconds?: number;
  readonly idleSeconds?: number;
}

/** An event of a torrent in the engine. */
export type TorrentEvent = ReportedEvent | InternalEvent;

/** Events that users get as they are: emitted by `Torrent`, printed by the command as JSON lines. */
export type ReportedEvent =
  | { readonly event: "state"; readonly state: TorrentState; readonly fault?: TorrentFault }
  | { readonly event: "checking"; readonly done: number; readonly total: number }
  | ({ readonly event: "progress" } & TorrentProgress)
  | PieceEvent
  | {
      readonly event: "tracker";
      readonly url: string;
      readonly ok: boolean;
      readonly peers?: number;
      readonly error?: string;
    }
  | {
      readonly event: "peer";
      readonly address: string;
      readonly connected: boolean;
      /** Kind of a new connection; absent for a web seed. */
      readonly transport?: ConnectionKind["transport"];
      readonly encryption?: ConnectionKind["encryption"];
      readonly client?: string;
      /** Sources of a new connection's address, as {@link PeerStatus.sources}. */
      readonly sources?: readonly AddressSource[];
      readonly reason?: string;
    }
  /** The reason has changed. */
  | ({ readonly event: "why" } & Why)
  /** A reader has waited 5 s for the byte at `position` of its file, in `piece`, which `peersWithPiece` peers have. */
  | {
      readonly event: "stall";
      readonly file: number;
      readonly position: number;
      readonly piece: number;
      readonly waitedSeconds: number;
      readonly peers: number;
      readonly peersWithPiece: number;
      readonly downBytesPerSecond: number;
    }
  | { readonly event: "complete"; readonly seconds: number }
  /** A complete torrent has reached these goals; the engine has begun the action. */
  | {
      readonly event: "goal-reached";
      readonly reached: readonly SeedGoal[];
      /** All goals that are set: by the torrent, its group or the engine. */
      readonly goals: GoalValues;
      readonly action: GoalAction;
    }
  | { readonly event: "warning"; readonly code: string; readonly message: string }
  | { readonly event: "error"; readonly code: string; readonly message: string };

/** Events for the library alone. */
type InternalEvent =
  /** Another torrent has ended with `torrent-exists`: the settings take what was new. */
  | {
      readonly event: "sources-taken";
      readonly trackers: readonly string[];
      readonly webSeeds: readonly string[];
      /** Whether they may name local hosts. */
      readonly useLocalHosts: boolean;
    }
  /** Becomes `piece` events. */
  | PiecesHadEvent
  /**
   * The pieces on disk; wire order: becomes `Torrent.checked`. With `isGoingOn` another `checked` follows, after
   * hashing while the torrent runs.
   */
  | { readonly event: "checked"; readonly bitfield: Uint8Array; readonly isGoingOn?: boolean }
  /**
   * The metadata of a magnet link has come. Becomes the event of users. Sent again by the next start if the torrent was
   * stopped before it got its content.
   */
  | { readonly event: "metadata"; readonly metainfo: SharedArrayBuffer; readonly info: TorrentInfo }
  /** A read that found no bytes may find some now. */
  | { readonly event: "reader-ready"; readonly reader: number }
  | ({ readonly event: "wire-traced" } & TracedText)
  /** The .torrent of a magnet is saved: its link is no longer needed. */
  | { readonly event: "torrent-saved" }
  /** The files that live in the part file have changed: indexes. None at the start of an engine. */
  | { readonly event: "part-file"; readonly files: readonly number[] }
  /**
   * Files have other places than before. `files` has all files whose paths differ from those of the torrent, none at first.
   * With `isChange` it has the new places of some files.
   */
  | {
      readonly event: "files-placed";
      readonly files: readonly PlacedFile[];
      readonly isChange?: boolean;
    }
  /** Results of a requested hash check, a byte a piece, 1 = good: become `piece` events. */
  | {
      readonly event: "hash-verdicts";
      readonly check: number;
      readonly first: number;
      readonly verdicts: Uint8Array;
    }
  /** The end or failure of a requested hash check. */
  | {
      readonly event: "hash-checked";
      readonly check: number;
      readonly refused?: string;
      readonly message?: string;
    };
