// The attempts of a dial: plain, encrypted, or first the one and then the other.

import type { ConnectionKind, EncryptionMode, Transport } from "@troupe/messages";

/** An attempt to reach a peer. */
export type DialAttempt = "encrypted" | "plain";

/** The end of an attempt that gave no connection. */
export interface AttemptEnd {
  readonly attempt: DialAttempt;
  readonly transport: Transport;
  /** The transport was connected. */
  readonly isConnected: boolean;
  /** A byte came. */
  readonly hasAnswered: boolean;
  /** The handshake of the encryption was complete. */
  readonly isEncrypted: boolean;
  readonly reason: string;
}

/** Reasons of a peer that ends a connection that it does not want. */
const closes: ReadonlySet<string> = new Set(["closed-by-peer", "ECONNRESET", "EPIPE"]);

/** @param known How the peer was reached last. */
export function firstAttempt(mode: EncryptionMode, known: ConnectionKind): DialAttempt {
  switch (mode) {
    case "off":
      return "plain";
    case "allow":
      return known.encryption === "none" ? "plain" : "encrypted";
    case "prefer":
    case "require":
      return "encrypted";
  }
}

/** @returns The attempt after a first one that failed; undefined for none. */
export function secondAttempt(mode: EncryptionMode, end: AttemptEnd): DialAttempt | undefined {
  if (!end.isConnected || mode === "off" || mode === "require") return undefined;
  if (end.attempt === "encrypted") return isRefusal(end) ? "plain" : undefined;
  const isSilentClose = !end.hasAnswered && closes.has(end.reason);
  return mode === "allow" && isSilentClose ? "encrypted" : undefined;
}

/** Whether the peer may know the torrent by its other name: it has closed at our first bytes, as for an unknown name. */
export function isUnknownName({ isConnected, hasAnswered, reason }: AttemptEnd): boolean {
  return isConnected && !hasAnswered && closes.has(reason);
}

/** The peer refused the handshake of the encryption, or was silent. */
function isRefusal({ isEncrypted, reason }: AttemptEnd): boolean {
  const isSilent = reason === "handshake-timeout";
  return !isEncrypted && (isSilent || closes.has(reason) || reason.startsWith("encryption-"));
}
