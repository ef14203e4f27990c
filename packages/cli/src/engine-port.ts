// The part of the library that the command uses. The commands take it as an argument, so that tests can hand in
// an engine of their own.

import type {
  ActorStatus,
  AddOptions,
  CoordinatorOptions,
  LoadOptions,
  Torrent,
  TorrentUserEvent,
  WorkerEvent,
} from "@troupe/coordinator";

export type {
  ActorStatus,
  AddOptions,
  CheckResult,
  CoordinatorOptions,
  LoadOptions,
  WorkerEvent,
} from "@troupe/coordinator";

/** What a torrent is doing. */
export type TorrentState = Torrent["state"];
/** Figures of a torrent, in bytes, seconds and bytes per second. */
export type TorrentProgress = Omit<Torrent["progress"], "finished" | "unfinished" | "percentage">;

/** Pieces, peers, trackers and figures of a torrent at one moment. */
export type TorrentStatus = Awaited<ReturnType<Torrent["status"]>>;
/** One connected peer. */
export type PeerStatus = TorrentStatus["peers"][number];
/** One tracker. */
export type TrackerStatus = TorrentStatus["trackers"][number];

/** The name that an event of a torrent is heard by. */
export type TorrentEventName = TorrentUserEvent["event"];

/** The event of one name. */
export type TorrentEventOf<Name extends TorrentEventName> = Extract<
  TorrentUserEvent,
  { readonly event: Name }
>;

/** `Torrent`, as far as the command needs it. */
export type TorrentPort = Pick<
  Torrent,
  | "infoHash"
  | "name"
  | "size"
  | "pieceLength"
  | "pieceCount"
  | "files"
  | "warnings"
  | "state"
  | "fault"
  | "directory"
  | "isComplete"
  | "left"
  | "completed"
  | "checked"
  | "status"
> & {
  readonly progress: TorrentProgress;
  on<Name extends TorrentEventName>(
    name: Name,
    listener: (event: TorrentEventOf<Name>) => void,
  ): unknown;
};

/** One line of the engine's log. */
export type LogEntry = Parameters<NonNullable<CoordinatorOptions["log"]>>[0];

/** `Coordinator`, as far as the command needs it. */
export interface CoordinatorPort {
  readonly port: number;
  add(source: string | URL | Uint8Array, options?: AddOptions): Promise<TorrentPort>;
  actors(): Promise<ActorStatus>;
  on(name: "worker", listener: (event: WorkerEvent) => void): unknown;
  /** @throws rejects with `disk-not-answering` when a disk call does not return. */
  close(options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** What the commands need of the library. */
export interface EnginePort {
  /** Whether a piece of this length takes memory beside that of `--memory`, when that is left as it is. */
  needsOwnMemory(pieceLengthBytes: number): Promise<boolean>;
  start(options: CoordinatorOptions): Promise<CoordinatorPort>;
  /** The bytes of a .torrent from a path, an http(s) address, or by the info-hash of one that is kept in the state folder. */
  loadMetainfo(source: string | URL | Uint8Array, options?: LoadOptions): Promise<Uint8Array>;
}
