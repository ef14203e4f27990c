// A program that the tester knows how to start.

/** The place and the task of a program. */
export interface ProgramPlace {
  /** Numeric address that it listens on. */
  readonly host: string;
  readonly port: number;
  /** A free port of 127.0.0.1, for programs with an interface of their own. */
  readonly controlPort: number;
  /** An empty folder of its own, for its settings. Absolute. */
  readonly folder: string;
  /** Job of a client. */
  readonly job: ClientJob | undefined;
  /** Peers that it must be able to hold and serve at once. */
  readonly connections: number;
  /** Peers dial it over uTP; those of other groups over TCP. */
  readonly hasUtp: boolean;
  /** Torrents of a tracker: 40 hex digits each. */
  readonly infoHashes: readonly string[];
  /** The `troupe` command. */
  readonly ownCommand: readonly string[];
}

/** The torrent of a client. */
export interface ClientJob {
  /** Absolute path of a .torrent; it names the tracker, if there is one. */
  readonly torrentFile: string;
  /** Absolute path of the folder that its content is in, or goes to. */
  readonly dataFolder: string;
  readonly has: "whole" | "nothing";
}

/** The start of a program. */
export interface ProgramPlan {
  readonly command: readonly string[];
  /** Files to be written first: path below the program's folder, and text. */
  readonly files?: Readonly<Record<string, string>>;
  /** The .torrent is copied to this path below the program's folder. */
  readonly torrentCopy?: string;
  /** Settings that differ from the program's defaults, for the report. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  /** Limits of the program that no setting raises, a sentence each. */
  readonly remarks: readonly string[];
}

/** A program by its name. */
export interface Program {
  /** Debian package; undefined for our own. */
  readonly debianPackage: string | undefined;
  /** Prints its version. */
  readonly version: (ownCommand: readonly string[]) => readonly string[];
  /** The part of that output that is the version. */
  readonly versionPattern: RegExp;
  /** Refuses a torrent without a tracker: it gets one that does not answer. */
  readonly needsTracker?: boolean;
  plan(place: ProgramPlace): ProgramPlan;
}

/** Said of clients that map their files into memory. */
export const mapsFiles =
  "It maps its files into memory: its resident memory includes content in the page cache.";

/** Said of clients that tell peers apart by their address alone. */
export const onePeerAnAddress =
  "It keeps one connection for each remote address: peers need source addresses of their own.";

/** @returns Settings as `name=value` words of a command line, with `--` in front. */
export function longOptions(settings: ProgramPlan["settings"]): string[] {
  return settings.map(([name, value]) => `--${name}=${value}`);
}
