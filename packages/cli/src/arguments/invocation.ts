// What the command was asked to do, with every value checked and every default in place.

import type { PeerAddress } from "@troupe/protocol";
import type { FilePattern, PriorityRule } from "./file-patterns.ts";
import type { HelpTopic } from "../help-topics.ts";
import type { ShellName } from "./shells.ts";
import type { LogLevel, Verify } from "./option-values.ts";

/** How much is said, and where. */
export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Undefined keeps no log. */
  readonly logLevel: LogLevel | undefined;
  /** As written; undefined shows the log on stderr. */
  readonly logFile: string | undefined;
}

/** What every command that starts an engine takes. Undefined leaves the choice to the engine. */
export interface EngineOptions {
  readonly memoryBytes: number | undefined;
  readonly peerWorkers: number | undefined;
  readonly hashThreads: number | undefined;
  /** Checked by the library. */
  readonly chaos: string | undefined;
}

/** Where the data and the session state are, as written; undefined is the default place. */
export interface FolderOptions {
  readonly directory: string;
  readonly stateDirectory: string | undefined;
}

/** `troupe download` and `troupe seed`. */
export interface TransferInvocation extends OutputOptions, EngineOptions, FolderOptions {
  readonly command: "download" | "seed";
  readonly sources: readonly string[];
  readonly ports: readonly number[];
  readonly bind: readonly string[];
  readonly peers: readonly PeerAddress[];
  readonly trackers: readonly string[];
  readonly useTrackers: boolean;
  readonly maxPeers: number;
  /** The files that are wanted; undefined: all. */
  readonly select: readonly FilePattern[] | undefined;
  readonly priorities: readonly PriorityRule[];
  /** Pieces by their index, not the rarest first. */
  readonly sequential: boolean;
  readonly verify: Verify;
  /** Stay after completion until stopped. */
  readonly keepSeeding: boolean;
  /** Waiting for a folder, space or a link ends after this; undefined: never. */
  readonly giveUpAfterMs: number | undefined;
}

/** `troupe check`. */
export interface CheckInvocation extends OutputOptions, EngineOptions, FolderOptions {
  readonly command: "check";
  readonly source: string;
}

/** `troupe info`. */
export interface InfoInvocation {
  readonly command: "info";
  readonly source: string;
  readonly stateDirectory: string | undefined;
  readonly json: boolean;
}

/** `troupe demo`. */
export interface DemoInvocation extends OutputOptions, EngineOptions {
  readonly command: "demo";
  readonly sizeBytes: number;
}

/** `troupe help`. */
export interface HelpInvocation {
  readonly command: "help";
  /** Undefined is the overview. */
  readonly topic: HelpTopic | undefined;
}

/** `troupe completion`. */
export interface CompletionInvocation {
  readonly command: "completion";
  readonly shell: ShellName;
}

/** One understood command line. */
export type Invocation =
  | TransferInvocation
  | CheckInvocation
  | InfoInvocation
  | DemoInvocation
  | HelpInvocation
  | CompletionInvocation
  | { readonly command: "version" };
