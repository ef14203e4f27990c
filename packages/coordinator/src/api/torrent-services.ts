// What a torrent on the user's thread is made of, and what it says.

import type { Ref, Timers } from "@troupe/actor-runtime";
import type { AddTorrent, EngineProtocol, TorrentEvent } from "@troupe/messages";
import type { JobLock } from "./lock/job-lock.ts";
import type { Torrent } from "./torrent.ts";

/** Said to the front alone. */
type InternalEvent = "checked" | "hash-verdicts" | "hash-checked";

/** What `events()` yields and `on` hears, by its `event` name. */
export type TorrentUserEvent =
  | Exclude<TorrentEvent, { readonly event: InternalEvent }>
  | { readonly event: "stopped" };

/** What its events are called. */
export type EventName = TorrentUserEvent["event"];
/** The event of one name. */
export type EventOf<Name extends EventName> = Extract<TorrentUserEvent, { readonly event: Name }>;

/** What a torrent has in its part file. */
export interface PieceCache {
  /** Absolute. */
  readonly path: string;
  readonly pieces: readonly number[];
  /** Files that do not appear, by their place in `files`: what is had of them lies here. */
  readonly files: readonly number[];
}

/** What a torrent needs of its coordinator. */
export interface TorrentServices {
  /** What it was added with; said again to an engine that starts anew. */
  readonly request: AddTorrent;
  readonly engine: Pick<Ref<EngineProtocol>, "call" | "cast">;
  /** Asks the engine; one that dies before it has answered is asked again in its successor. */
  readonly untilAnswered: <Answer>(ask: () => Promise<Answer>) => Promise<Answer>;
  readonly timers: Pick<Timers, "after">;
  /** Held from its start to its stop. */
  readonly lock: JobLock;
  /** It was removed. */
  readonly forget: (torrent: Torrent) => void;
  /** It was removed, and nobody else runs it: what is listed of it in the state folder goes. */
  readonly forgetSaved: () => Promise<void>;
  /** The same for another folder. */
  readonly servicesAt: (directory: string, makesFolder: boolean) => TorrentServices;
  /**
   * Lists it in the state folder, in the folder that these parts are for. Settles when it is listed, or a warning says why
   * not.
   */
  readonly saveTorrent: (torrent: Torrent) => Promise<void>;
  /** An earlier run may have left a move of it unfinished. */
  readonly mayBeMoving: boolean;
  /** Keeps there that it is to run, or not, and its priorities. */
  readonly saveWish: (torrent: Torrent) => void;
  /** It is to be told to an engine again: none knows it since it was quarantined. `failed` if that cannot be. */
  readonly addToEngine: (torrent: Torrent, failed: (error: unknown) => void) => void;
}
