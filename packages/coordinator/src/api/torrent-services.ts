// Services that a coordinator gives to each of its torrents, and the events that a user hears.

import type { Ref, Timers } from "@troupe/actor-runtime";
import type { AddTorrent, EngineProtocol, TorrentEvent } from "@troupe/messages";
import type { JobLock } from "./lock/job-lock.ts";

/** Events that users do not see. */
type InternalEvent = "checked" | "hash-verdicts" | "hash-checked";

/** An event of a torrent, as `on` and `events()` give it. */
export type TorrentUserEvent =
  | Exclude<TorrentEvent, { readonly event: InternalEvent }>
  | { readonly event: "stopped" };

/** Names of events. */
export type EventName = TorrentUserEvent["event"];
/** The event of one name. */
export type EventOf<Name extends EventName> = Extract<TorrentUserEvent, { readonly event: Name }>;

/** Contents of a torrent's part file. */
export interface PieceCache {
  /** Absolute. */
  readonly path: string;
  readonly pieces: readonly number[];
  /** Indexes of the files whose bytes lie in the part file alone. */
  readonly files: readonly number[];
}

/** Services of one torrent, for the folder of `request`. */
export interface TorrentServices {
  /** The request that added the torrent. Each new engine gets it again. */
  readonly request: AddTorrent;
  readonly engine: Pick<Ref<EngineProtocol>, "call" | "cast">;
  /** Calls the engine. If the engine crashes before it answers, its successor is called. */
  readonly untilAnswered: <Answer>(ask: () => Promise<Answer>) => Promise<Answer>;
  readonly timers: Pick<Timers, "after">;
  /** Held while the torrent is to run. */
  readonly lock: JobLock;
  /** Takes the torrent off the coordinator's list. */
  readonly forget: () => void;
  /** Removes the torrent from the state folder. */
  readonly forgetSaved: () => Promise<void>;
  /** Services for another folder. */
  readonly servicesAt: (directory: string, makesFolder: boolean) => TorrentServices;
  /** Lists the torrent in the state folder. Settles when this is done, or when a warning gives the reason why not. */
  readonly saveTorrent: () => Promise<void>;
  /** A move may have been cut off in an earlier run. */
  readonly mayBeMoving: boolean;
  /** Saves the wish and the priorities in the state folder. */
  readonly saveWish: () => void;
  /** Adds a quarantined torrent to the engine again, and calls `failed` if this is refused. */
  readonly leaveQuarantine: (failed: (error: unknown) => void) => void;
}
