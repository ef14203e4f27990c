// The parsed command line: every value checked, every default in place.

import type { PeerAddress } from "@troupe/protocol";
import type { FilePattern, PriorityRule } from "./file-patterns.ts";
import type { HelpTopic } from "../help-topics.ts";
import type { ShellName } from "./shells.ts";
import type { LogLevel, Verify } from "./option-values.ts";

/** Which output is written, and where. */
export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Undefined: no log. */
  readonly logLevel: LogLevel | undefined;
  /** As written; undefined: stderr. */
  readonly logFile: string | undefined;
}

/** Options of every command that starts an engine. Undefined: the engine decides. */
export interface EngineOptions {
  readonly memoryBytes: number | undefined;
  readonly peerWorkers: number | undefined;
  readonly hashThreads: number | undefined;
  /** Checked by the library. */
  readonly chaos: string | undefined;
}

/** Folders of the data and of the session state, as written; undefined is the default place. */
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
  /** Undefined: all files. */
  readonly select: readonly FilePattern[] | undefined;
  readonly priorities: readonly PriorityRule[];
  /** By index, not rarest first. */
  readonly sequential: boolean;
  readonly verify: Verify;
  /** Seed after completion until stopped. */
  readonly keepSeeding: boolean;
  /** For a folder, space or a link; undefined: no limit. */
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
  /** Undefined: the overview. */
  readonly topic: HelpTopic | undefined;
}

/** `troupe completion`. */
export interface CompletionInvocation {
  readonly command: "completion";
  readonly shell: ShellName;
}

/** A parsed command line. */
export type Invocation =
  | TransferInvocation
  | CheckInvocation
  | InfoInvocation
  | DemoInvocation
  | HelpInvocation
  | CompletionInvocation
  | { readonly command: "version" };
