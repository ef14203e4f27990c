import type {
  CodedMessage,
  TorrentEventOf,
  TorrentProgress,
  TorrentState,
} from "../engine-port.ts";
import type { TorrentDetails } from "./details.ts";

/** A torrent as displayed at a moment. Texts are clean. */
export interface TorrentView {
  readonly name: string;
  readonly state: TorrentState;
  /** False: size and files are not known yet. */
  readonly hasMetadata: boolean;
  /** Why it is not faster, as last heard. */
  readonly why: CodedMessage | undefined;
  readonly lengthBytes: number;
  readonly progress: TorrentProgress;
  /** Pieces hashed; undefined without a check. */
  readonly checking:
    | (Omit<TorrentEventOf<"checking">, "event"> & {
        /** Undefined before there is a rate. */
        readonly etaSeconds?: number;
      })
    | undefined;
  readonly isComplete: boolean;
  /** Holds its files, perhaps below. */
  readonly directory: string;
  /** Since the command follows it. */
  readonly elapsedSeconds: number;
  /** The message of its error. */
  readonly fault: string | undefined;
  /** Details of the last second; undefined when not polled. */
  readonly details?: TorrentDetails | undefined;
}

/** The activity in a word or two. */
export function describeState(view: TorrentView): string {
  if (view.state === "metadata") return "fetching metadata";
  if (view.state === "active") return view.isComplete ? "seeding" : "downloading";
  return view.state;
}

/** From 0 to 1: of a running check, else of the data. */
export function shareDone(view: TorrentView): number {
  if (view.state === "checking" && view.checking !== undefined) {
    return view.checking.total === 0 ? 0 : view.checking.done / view.checking.total;
  }
  if (!view.hasMetadata) return 0;
  if (view.isComplete || view.progress.wantedBytes === 0) return 1;
  return view.progress.haveBytes / view.progress.wantedBytes;
}
