// The service as commands use it, passed in so that tests can pass their own service.

import type { RemoteRight } from "@troupe/control";
import type { CommandName, CommandResults } from "@troupe/control/commands";

/** A torrent as lists show it. */
export type TorrentRow = CommandResults["status"];

/** The torrents of a service at a moment. */
export interface RowList {
  /** Rises with each change. */
  readonly version: number;
  readonly rows: readonly TorrentRow[];
}

/** A change at the service. */
export type ServiceEvent =
  /** The stream has begun: later changes come as events. */
  | { readonly kind: "open" }
  /** The connection lasts. */
  | { readonly kind: "alive" }
  | {
      readonly kind: "rows";
      /** Changes up to this version have come; some of the rows may be newer. */
      readonly version: number;
      readonly rows: readonly TorrentRow[];
      /** Info-hashes of torrents that are no longer there. */
      readonly removed: readonly string[];
      /** Info-hashes of torrents that have changed, and whose rows are too long for an event. */
      readonly long?: readonly string[];
    }
  /** Changes are missing: all rows are to be asked for. */
  | { readonly kind: "reset" };

/** A token as the service lists it. */
export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly right: RemoteRight;
}

/** A feed as the service lists it. */
export interface FeedRow {
  readonly name: string;
  readonly url: string;
  readonly state: string;
  /** Milliseconds since 1970. */
  readonly lookedMs?: number;
  readonly nextMs?: number;
  readonly items: number;
  readonly taken: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** A new token. */
export interface NewToken {
  readonly id: string;
  /** The secret, which the service shows once. */
  readonly token: string;
}

/**
 * A running service. Every member rejects with a CommandError: `no-service`, `service-unreachable`,
 * `service-answer-malformed`, `service-failed`, and the codes of the service.
 */
export interface ServicePort {
  run<Name extends CommandName>(name: Name, given: object): Promise<CommandResults[Name]>;
  /** All torrents, in the order of their adding. */
  torrents(): Promise<RowList>;
  /** Changes until the service ends the stream or `signal` aborts. */
  events(signal: AbortSignal): AsyncIterable<ServiceEvent>;
  feeds(): Promise<readonly FeedRow[]>;
  /** @param password Undefined: the service makes one. @returns The password that it made. */
  setPassword(password: string | undefined): Promise<string | undefined>;
  createToken(name: string, right: TokenRow["right"]): Promise<NewToken>;
  tokens(): Promise<readonly TokenRow[]>;
  revokeToken(id: string): Promise<void>;
}

/** Where a service is. */
export type ServiceTarget =
  | {
      readonly kind: "socket";
      readonly path: string;
      /** The command that starts the service. */
      readonly startedBy: string;
    }
  | {
      readonly kind: "url";
      /** Without a `/` at its end. */
      readonly base: string;
      readonly token: string | undefined;
    };
