import type { CodedMessage, CoordinatorPort, IpFilterStatus, TorrentPort } from "../engine-port.ts";
import type { Failure } from "../failure.ts";
import type { AnyJsonLine } from "../output/json-line.ts";

/** A result on stdout: text for people, an event for scripts. */
export interface Result {
  /** Clean lines, at least one. */
  readonly text: string;
  /** Undefined when the torrent's events carry the same. */
  readonly line?: AnyJsonLine;
}

/** How to follow a torrent. */
export interface FollowOptions {
  /** Printed before its name. */
  readonly label?: string;
  /** Among the torrents, from 0. Default: after the others. */
  readonly place?: number;
  /** Figures end at completion, as the command does. */
  readonly endsWhenComplete?: boolean;
}

/** The output of a command: JSON lines, the live display, plain lines, or failures only. */
export interface Reporter {
  /** The engine accepts peers. @param label Tells engines apart. */
  listening(engine: Pick<CoordinatorPort, "bound" | "port">, label?: string): void;
  /** The engine refuses the addresses of a list. */
  filtering(filter: IpFilterStatus): void;
  follow(torrent: TorrentPort, options?: FollowOptions): void;
  /** Reports the engine's workers. @param label Tells engines apart. */
  supervise(engine: CoordinatorPort, label?: string): void;
  /** A source or command failed. @param subject Source or command. */
  failed(failure: Failure, subject?: string): void;
  /** Advice only: the torrent's event was already reported. */
  torrentFailed(failure: Failure, torrent: TorrentPort): void;
  /** Does not stop the command. @param subject The source. */
  warned(warning: CodedMessage, subject: string): void;
  result(result: Result): void;
  /** For people on stderr, because it is no result; an event for scripts. */
  remark(remark: Result): void;
  /** An event for scripts alone. */
  record(line: AnyJsonLine): void;
  /** A clean line below the live display; undefined removes it. */
  status(text: string | undefined): void;
  /** For people: a log entry or a remark. */
  note(line: string): void;
  /** Draws the last frame, restores the cursor, and waits for a slow reader until `giveUp`. */
  close(giveUp: AbortSignal): Promise<void>;
}
