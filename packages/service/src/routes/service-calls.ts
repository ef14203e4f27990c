import type { Right } from "@troupe/control";
import type { CommandName, CommandResults } from "@troupe/control/commands";
import type { FeedCallName, FeedResult } from "../automation/feeds/feed-calls.ts";
import type { TorrentView } from "../view/torrent-view.ts";

/** Questions about one torrent that the engine or its file list answers. */
export type TorrentQuestion =
  | "files"
  | "metainfo"
  | "peers"
  | "piece-origins"
  | "pieces"
  | "settings"
  | "swarm"
  | "tiers"
  | "web-seeds"
  | "why";

/**
 * The engine as the caller of one request may use it. Every member rejects with a TroupeError: `not-permitted` and
 * `read-only-credential` where the caller may not, `restore-running`, `engine-restarting` and `command-deadline` where there
 * is no answer yet, and the codes of the command.
 */
export interface ServiceCalls {
  /** `local`: the program of the user, by the socket in the state folder. */
  readonly right: Right;
  /** The rows of all torrents. Waits until the torrents of the state folder are restored, 10 s at most. */
  view(): Promise<TorrentView>;
  /**
   * Runs a command. The rows that it changed are in the view when it resolves. Callers of the same second share the answer to
   * a command that changes nothing.
   */
  run<Name extends CommandName>(name: Name, given: object): Promise<CommandResults[Name]>;
  /** Asks about a torrent, as `run` does. @param torrent Its info-hash. */
  ask<Name extends TorrentQuestion>(name: Name, torrent: string): Promise<CommandResults[Name]>;
  /** A call about feeds, whose arguments the program checks. */
  feeds<Name extends FeedCallName>(name: Name, given: unknown): Promise<FeedResult<Name>>;
}
