// The services of a torrent, and its public events.

import type { Ref, Timers } from "@troupe/actor-runtime";
import type { AddTorrent, EngineProtocol, TorrentEvent } from "@troupe/messages";
import type { JobLock } from "./lock/job-lock.ts";

/** Events that users do not see. */
type InternalEvent = "checked" | "hash-verdicts" | "hash-checked";

/** An event of `on` and `events()`. */
export type TorrentUserEvent =
  | Exclude<TorrentEvent, { readonly event: InternalEvent }>
  | { readonly event: "stopped" };

/** Names of events. */
export type EventName = TorrentUserEvent["event"];
/** The event of a name. */
export type EventOf<Name extends EventName> = Extract<TorrentUserEvent, { readonly event: Name }>;

/** Contents of a torrent's part file. */
export interface PieceCache {
  /** Absolute. */
  readonly path: string;
  readonly pieces: readonly number[];
  /** Indexes of the files whose bytes lie in the part file alone. */
  readonly files: readonly number[];
}

/** Services of a torrent for the folder of `request`. */
export interface TorrentServices {
  /** Each new engine gets it again. */
  readonly request: AddTorrent;
  readonly engine: Pick<Ref<EngineProtocol>, "call" | "cast">;
  /** Asks the engine, and its successor if it crashes before it answers. */
  readonly untilAnswered: <Answer>(ask: () => Promise<Answer>) => Promise<Answer>;
  readonly timers: Pick<Timers, "after">;
  /** Held while the torrent is to run. */
  readonly lock: JobLock;
  /** Removes the torrent from the coordinator. */
  readonly forget: () => void;
  /** Removes the torrent from the state folder. */
  readonly forgetSaved: () => Promise<void>;
  readonly servicesAt: (directory: string, makesFolder: boolean) => TorrentServices;
  /** Lists the torrent in the state folder; a failure is a warning. */
  readonly saveTorrent: () => Promise<void>;
  /** A move may have been cut off in an earlier run. */
  readonly mayBeMoving: boolean;
  /** Saves wish and priorities in the state folder. */
  readonly saveWish: () => void;
  /** Adds a quarantined torrent to the engine again. */
  readonly leaveQuarantine: (failed: (error: unknown) => void) => void;
}
