// Events and effects of the transition, as plain data.

import type { TorrentFault, TorrentState } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import type { VerifiedPiece } from "../../engine/base/verified-piece.ts";

/** Hashed pieces that the disk refused, held until it takes a piece. The transition does not read them. */
export interface HeldPieces {
  readonly code: string;
  readonly writes: VerifiedPiece[];
  tried: PieceIndex | undefined;
  tries: number;
}

/** An input of the transition. */
export type LifecycleEvent = UserEvent | EngineEvent | DiskEvent | RunEvent;

/** A request of the user. */
type UserEvent =
  /** `device`: where the folder was just seen. */
  | { readonly event: "start"; readonly device?: bigint | undefined }
  | { readonly event: "pause" }
  /** Also at an end that the torrent reaches by itself. */
  | { readonly event: "stop" };

/** A decision or an observation of the engine. */
type EngineEvent =
  /** The engine ends, or the torrent is removed: the wish stays. */
  | { readonly event: "close" }
  /** Only a start ends the fault, except that of a silent disk. */
  | { readonly event: "failed"; readonly fault: TorrentFault }
  /** The queue has no place for the torrent. `isComplete`: all wanted pieces are had, and the user may not know yet. */
  | { readonly event: "queued"; readonly isComplete: boolean }
  /** The queue has a place for the torrent. */
  | { readonly event: "admitted" }
  | { readonly event: "closed" }
  /** The pieces and files are known. */
  | { readonly event: "metadata-complete" }
  | { readonly event: "some-missing" };

/** An observation of the disk. */
export type DiskEvent =
  /** `isWatched`: the torrent starts by itself when the folder is usable. */
  | {
      readonly event: "folder-refused";
      readonly fault: TorrentFault;
      readonly isWatched: boolean;
    }
  | { readonly event: "folder-usable" }
  /** The disk of the data, or of the state folder, hangs in a call. */
  | {
      readonly event: "disk-silent";
      readonly fault: TorrentFault;
      readonly disk: "data" | "records";
    }
  | { readonly event: "disk-answered" }
  /** The disk refused a piece. With a fault the torrent waits for the disk; without, it stays active. */
  | {
      readonly event: "writes-held";
      readonly held: HeldPieces;
      readonly fault?: TorrentFault | undefined;
    }
  | { readonly event: "writes-taken" };

/** A step of the run numbered `run`; steps of an earlier run change nothing. */
export type RunEvent = { readonly run: number } & (
  | { readonly event: "check-begun" }
  /** The piece map shows what is on the disk. */
  | { readonly event: "checked" }
  /** `isWhole`: no piece is missing. */
  | { readonly event: "opened"; readonly isWhole: boolean; readonly nowMs: number }
  /** Bytes move between the part file and the files. */
  | { readonly event: "settle-begun" }
  | { readonly event: "settle-ended" }
  /** Every wanted piece is had. `isSeed`: every piece is. */
  | { readonly event: "all-had"; readonly isSeed: boolean; readonly nowMs: number }
);

/** An output of the transition. */
export type LifecycleEffect =
  | ContentEffect
  | {
      readonly effect: "emit-state";
      readonly state: TorrentState;
      readonly fault?: TorrentFault | undefined;
    }
  | { readonly effect: "emit-error"; readonly fault: TorrentFault }
  | { readonly effect: "flush-events" }
  | { readonly effect: "pause-peers"; readonly isPaused: boolean }
  | { readonly effect: "announce-completed" }
  | { readonly effect: "retry-write" }
  | { readonly effect: "write-held"; readonly held: HeldPieces }
  /** Closes the run. `isChecked`: the record may be renewed. `isOrderly`: no fault ended the run. */
  | {
      readonly effect: "close";
      readonly held: HeldPieces | undefined;
      readonly isChecked: boolean;
      readonly isOrderly: boolean;
    }
  | { readonly effect: "leave-folder" }
  /** Opens the torrent in every peer-worker, dials, announces, and asks peers for the metadata. */
  | { readonly effect: "seek-metadata" };

/** An effect on pieces and files; no effect while they are unknown. */
export type ContentEffect =
  /** The last figures of the run, without rates. */
  | { readonly effect: "emit-last-progress" }
  | { readonly effect: "emit-complete"; readonly seconds: number }
  /** Finds the disk, checks the files and makes room. */
  | { readonly effect: "open-files"; readonly run: number; readonly device?: bigint | undefined }
  /** Opens the torrent in every peer-worker, dials and announces. */
  | { readonly effect: "join-swarm" }
  /** Looks every few seconds, and reports `folder-usable`. */
  | { readonly effect: "watch-folder" };
