// Messages between the actor `http` and the program that owns the engine.

import type { Call, Cast, Notice } from "@troupe/actor-runtime";
import type { Right } from "@troupe/control";
import type {
  RowChanges,
  StreamedBytes,
  StreamedFile,
  StreamedPart,
} from "@troupe/coordinator/commands";
import type { SpanName } from "./history/rate-history.ts";
import type { RateColumns } from "./history/rate-ring.ts";
import type { FeedCall } from "./automation/feeds/feed-calls.ts";
import type { ServiceFacts } from "./routes/service-facts.ts";

/** A place where the service listens. */
export type ListenPlace =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  /** A Unix socket, whose callers prove themselves as those at TCP do. */
  | { readonly kind: "unix"; readonly path: string }
  /** The Unix socket in the state folder: its callers are the user of this program. */
  | { readonly kind: "local"; readonly path: string };

/** The certificate chain and the key of TLS, as PEM. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Password, tokens and known addresses, as files of the state folder keep them. */
export interface SavedSecrets {
  /** Record of the password: guard/password-store.ts. */
  readonly password: string;
  /** Records of tokens: guard/token-records.ts. Absent: none yet. */
  readonly tokens?: string;
  /** Addresses whose credentials have succeeded. */
  readonly knownAddresses: readonly string[];
}

/** Settings of the actor, checked. */
export interface HttpOptions {
  readonly places: readonly ListenPlace[];
  /** A place that is taken fails the start, else it is tried again until it is free. */
  readonly areAllNeeded: boolean;
  readonly tls?: TlsFiles;
  /** Empty, or a path that begins with `/` and does not end with it. */
  readonly basePath: string;
  /** Values of `--host`. */
  readonly hosts: readonly string[];
  readonly machineName: string;
  readonly trustedProxies: readonly string[];
  readonly user: string;
  /** N of scrypt. Absent: that of guard/password-store.ts. */
  readonly passwordCost?: number | undefined;
  /** The key of signed links to streams, base64url of 32 bytes. */
  readonly linkKey: string;
  /** Undefined: callers need no credential. */
  readonly secrets: SavedSecrets | undefined;
  /** Folders that callers elsewhere may name: absolute, links resolved. */
  readonly roots: readonly string[];
  readonly facts: ServiceFacts;
  readonly areMetricsOpen: boolean;
  readonly perTorrentMetrics: boolean;
}

/** An error as an answer, which crosses threads. */
export interface PlainError {
  readonly code: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The end of a command. The rows that it changed come before it, as `change-rows`. */
export type CommandAnswer = { readonly result: unknown } | { readonly error: PlainError };

/** An event for readers of events: a kind in lower case, and plain data without secrets. */
export interface ServiceNote {
  readonly kind: string;
  readonly data: object;
}

/** Events in their order. */
export interface EventBatch {
  readonly events: readonly ServiceNote[];
  /** Events before these were dropped. */
  readonly areMissing: boolean;
}

/** A secret to save in the state folder. */
export type SavedSecret =
  | { readonly kind: "password"; readonly text: string }
  | { readonly kind: "tokens"; readonly text: string }
  | { readonly kind: "known-addresses"; readonly addresses: readonly string[] };

/** Messages of the actor. */
export type HttpProtocol = {
  /** The next frame follows `rows-taken`; the rows of a command come before its answer. */
  "change-rows": Cast<RowChanges>;
  "note-events": Cast<EventBatch>;
  /** Certificates that were read again. */
  "set-tls": Cast<TlsFiles>;
  /** The rows are in the view. */
  "rows-taken": Notice<{}>;
  /** All places listen. `port` is that of the first place at TCP. */
  listening: Notice<{ readonly places: readonly ListenPlace[] }>;
  /** A sentence for the log. */
  warned: Notice<{ readonly code: string; readonly message: string }>;
};

/** Calls of the actor to the program. */
export type ServiceOwnerProtocol = {
  "run-command": Call<
    { readonly name: string; readonly given: unknown; readonly right: Right },
    CommandAnswer
  >;
  "run-feeds": Call<FeedCall, CommandAnswer>;
  /** Settles when the secret is durable. */
  "save-secret": Call<SavedSecret, { readonly error?: PlainError }>;
  "find-file": Call<
    { readonly torrent: string; readonly file: number },
    StreamedFile | { readonly error: PlainError }
  >;
  /** The next bytes, 4 MiB at most, once they are there. The first call of a number opens its stream. */
  "read-stream": Call<
    StreamedPart & { readonly stream: number },
    StreamedBytes | { readonly error: PlainError }
  >;
  /** Its part is no longer wanted for it. */
  "end-stream": Cast<{ readonly stream: number }>;
  "read-history": Call<{ readonly span: SpanName }, RateColumns>;
  /** A right password has come: the file of the first password is removed. */
  "first-login": Cast<{}>;
};
