// How a command tells what happens: JSON lines, the live display, plain lines, or hardly at all.

import type { CoordinatorPort, TorrentPort } from "../engine-port.ts";
import type { Failure } from "../failure.ts";
import type { JsonEvent } from "../output/json-lines.ts";

/** A result of a command, told on stdout: to people as text, to scripts as an event. */
export interface Result {
  /** One line or more, clean. */
  readonly text: string;
  /** Undefined when the events of the torrent say it already. */
  readonly line?: {
    readonly event: JsonEvent;
    readonly infoHash: string | null;
    readonly fields: object;
  };
}

/** How a torrent is followed. */
export interface FollowOptions {
  /** Stands before its name. */
  readonly label?: string;
  /** The command ends when it is complete: its figures end there too. */
  readonly endsWhenComplete?: boolean;
}

/** What a command says while it runs. One reporter serves a whole run of the command. */
export interface Reporter {
  /** An engine accepts peers on this port. @param label Tells several engines apart. */
  listening(port: number, label?: string): void;
  /** From now on, tells what happens to this torrent. */
  follow(torrent: TorrentPort, options?: FollowOptions): void;
  /** From now on, tells of the workers of this engine. @param label Tells several engines apart. */
  supervise(engine: CoordinatorPort, label?: string): void;
  /** A source that could not be added, or a command that cannot go on. @param subject What it is about. */
  failed(failure: Failure, subject?: string): void;
  /** The error of a torrent that is followed: its event has been told, what to do about it has not. */
  torrentFailed(failure: Failure, torrent: TorrentPort): void;
  /** Something odd about a source that does not stop the command. @param subject The source. */
  warned(warning: { readonly code: string; readonly message: string }, subject: string): void;
  result(result: Result): void;
  /** A line of the log, or a remark, for people. */
  note(line: string): void;
  /** The last word: draws the last frame, gives the cursor back, waits for a slow reader until `giveUp`. */
  close(giveUp: AbortSignal): Promise<void>;
}
