import type { ConnectionKind } from "@troupe/messages";
import type { HashVersion } from "@troupe/protocol/identity";

/** Dials that are limited a second, over all torrents. */
export interface DialPermits {
  readonly mayRetry: boolean;
  /** The first dial of an address that peers or neighbours have named. */
  readonly mayTryUnverified: boolean;
}

/** An address to dial. */
export interface NextDial {
  readonly host: string;
  readonly port: number;
  readonly kind: ConnectionKind;
  /** The hash that the dial names first. */
  readonly foundBy: HashVersion;
  readonly isRetry: boolean;
  /** Peers or neighbours alone have named it. */
  readonly isUnverified: boolean;
}

/**
 * `now`: we closed the connection. `soon`: we need the peer back, within seconds at first. `quickly`: the peer has closed
 * in the handshake and may be about to start: after 1, 2 and 4 s, then `later`. `later`: after half a minute.
 */
export type RedialDelay = "now" | "soon" | "quickly" | "later";
