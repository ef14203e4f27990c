// The shape of a scenario file that the JSON schema accepts: quantities are still texts, references still names.

import type { ProgramName, TrackerProtocol } from "../scenario.ts";
import type { behaviours, honest } from "./group-schema.ts";

/** A scenario file. */
export interface FileShape {
  readonly name?: string;
  readonly about?: string;
  readonly seed?: number;
  readonly sources?: string;
  readonly precise?: "on" | "off";
  readonly targets: Readonly<Record<string, string | FileTarget>>;
  readonly torrents?: Readonly<Record<string, FileTorrent>>;
  readonly groups: Readonly<Record<string, FileGroup>>;
  readonly phases: Readonly<Record<string, string>>;
  readonly "warm-up"?: string;
  readonly budgets?: readonly string[];
  readonly abort?: readonly { readonly budget: string; readonly after?: string }[];
  readonly drain?: string;
  readonly "on-lost-agent"?: "go-on" | "fail";
}

/** A target in its long form. */
export interface FileTarget {
  readonly peer?: string;
  readonly tracker?: string;
  readonly dht?: string;
  readonly start?: ProgramName;
  readonly as?: "peer" | "dht";
  readonly over?: TrackerProtocol;
  readonly torrent?: string;
  readonly has?: "whole" | "nothing";
  readonly "announces-to"?: string;
  readonly connections?: number;
}

/** A torrent. */
export interface FileTorrent {
  readonly size?: string;
  readonly piece?: string;
  readonly name?: string;
  readonly version?: "v1" | "v2" | "hybrid";
  readonly file?: string;
  readonly data?: string;
}

/** A group; the schema says which keys a behaviour has. */
export interface FileGroup {
  readonly behaviour: (typeof behaviours)[number];
  readonly count: number;
  readonly target?: string;
  readonly arrival?: string | FileArrival;
  readonly stay?: string | FileStay;
  readonly "again-after"?: string;
  readonly "retry-after"?: string;
  readonly timeout?: string;
  readonly torrent?: string;
  readonly take?: "all" | "endless" | number;
  readonly has?: string;
  readonly load?: FileLoad;
  readonly down?: string;
  readonly up?: string;
  readonly delay?: string;
  readonly extensions?: readonly ("fast" | "extended")[];
  readonly transport?: "tcp" | "utp";
  readonly encryption?: "none" | "handshake" | "rc4";
  readonly kinds?: readonly string[];
  readonly swarms?: number;
  readonly scrapes?: string;
  readonly wanted?: number;
  readonly seeds?: string;
  readonly queries?: Readonly<Partial<Record<string, string>>>;
}

/** A behaviour that keeps the rules. */
export type HonestName = (typeof honest)[number];

/** An arrival in its long form. */
export interface FileArrival {
  readonly after?: string;
  readonly rate?: string;
  readonly ramp?: string;
  readonly poisson?: string;
  readonly crowd?: string;
  readonly times?: string | readonly string[];
}

/** A stay in its long form. */
export interface FileStay {
  readonly ratio?: number;
  readonly exponential?: string;
  readonly "log-normal"?: string;
  readonly sigma?: number;
}

/** A load. */
export interface FileLoad {
  readonly rate?: string;
  readonly spacing?: "constant" | "poisson";
  readonly from?: string;
  readonly until?: string;
  readonly depth?: number;
}
