// What the display knows of one torrent at one moment.

import type { TorrentProgress, TorrentState } from "../engine-port.ts";
import type { TorrentDetails } from "./details.ts";

/** A picture of one torrent. Texts have been cleaned. */
export interface TorrentView {
  readonly name: string;
  readonly state: TorrentState;
  readonly lengthBytes: number;
  readonly progress: TorrentProgress;
  /** Pieces looked at by the hash check; undefined when none runs. */
  readonly checking:
    | {
        readonly done: number;
        readonly total: number;
        /** Undefined before there is a rate. */
        readonly etaSeconds?: number;
      }
    | undefined;
  readonly isComplete: boolean;
  /** The folder that its files lie in, or below. */
  readonly directory: string;
  /** Since the command began to follow it. */
  readonly elapsedSeconds: number;
  /** The sentence of the torrent's error. */
  readonly fault: string | undefined;
  /** Pieces, peers and trackers as of the last second; undefined when they are not asked for. */
  readonly details?: TorrentDetails | undefined;
}

/** What the torrent does now, in a word or two. */
export function describeState(view: TorrentView): string {
  if (view.state === "active") return view.isComplete ? "seeding" : "downloading";
  return view.state;
}

/** From 0 to 1: of the check while it runs, else of the data. */
export function shareDone(view: TorrentView): number {
  if (view.state === "checking" && view.checking !== undefined) {
    return view.checking.total === 0 ? 0 : view.checking.done / view.checking.total;
  }
  if (view.isComplete || view.progress.wantedBytes === 0) return 1;
  return view.progress.haveBytes / view.progress.wantedBytes;
}
