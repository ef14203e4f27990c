import type { LogSink } from "@troupe/actor-runtime";
import type { WorkerUrlsOption } from "@troupe/api-base";
import { TroupeError, type feedRules, type feedSetting, type ValueOf } from "@troupe/control";
import type { AutomationSettings } from "../automation/automation.ts";
import type { Refusal } from "../guard/refusal.ts";
import type { ListenPlace } from "../service.messages.ts";
import type { ServiceEvent } from "./row-events.ts";

/** A service as its user asks for it. Paths are absolute. */
export interface ServiceOptions extends AutomationSettings {
  /** Keeps passwords, tokens and the socket of the user's commands. */
  readonly stateDirectory: string;
  /** HOST:PORT or unix:PATH. */
  readonly listen: readonly string[];
  /** Folders that callers elsewhere may name paths in; at least one. */
  readonly roots: readonly string[];
  readonly hostNames?: readonly string[];
  readonly trustedProxies?: readonly string[];
  readonly user?: string;
  /** False: callers need no credential. Default true. */
  readonly auth?: boolean;
  readonly tlsCertificate?: string;
  readonly tlsKey?: string;
  readonly basePath?: string;
  readonly openMetrics?: boolean;
  readonly metricsPerTorrent?: boolean;
  /** Keys of settings that the environment or an option sets: they come before those that remotes have set. */
  readonly fixedSettings?: readonly string[];
  /** Live settings that the program gives, by their keys: in force again once a remote has dropped its own. */
  readonly givenSettings?: () => Readonly<Record<string, unknown>>;
  /** The content of the file that `TROUPE_PASSWORD_FILE` names, without its line end. */
  readonly password?: string;
  /**
   * N of scrypt, which tests lower. Default 32,768. The service reads a saved password of exactly this cost: `troupe serve`
   * never sets the option and so refuses a cheap record.
   */
  readonly passwordCost?: number;
  /** Feeds of the settings file. */
  readonly feeds?: readonly ValueOf<typeof feedSetting>[];
  readonly feedRules?: ValueOf<typeof feedRules>;
  /** No root may hold it. */
  readonly settingsFile?: string | undefined;
  /** The socket of the user's own commands, in a folder of its own. Absent: there is no place for it. */
  readonly localSocket?: string | undefined;
  /** The base of relative paths of sockets. */
  readonly currentFolder: string;
  /** A terminal shows the first password; else a file has it until the first login. Default false. */
  readonly hasTerminal?: boolean;
  readonly log?: LogSink;
  /** `inline`: in the caller's thread, for tests. Default: a thread of its own. */
  readonly host?: "inline" | "threads";
  /** The thread's file `http.worker` in a bundled program, see docs/embedding.md. Default: the files of the packages. */
  readonly workerUrls?: WorkerUrlsOption;
  readonly listening: (places: readonly ListenPlace[]) => void;
  readonly warned: (code: string, message: string) => void;
  /** Takes the events of torrents, for a log. */
  readonly happened: (event: ServiceEvent) => void;
}

/** The error of an option that cannot hold. */
export function asOption(option: string, { message }: Refusal): TroupeError {
  return new TroupeError("option-out-of-range", `option ${option}: ${message}`, {
    details: { option },
  });
}
