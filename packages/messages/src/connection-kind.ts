/** The protocol below the messages of a peer. `utp`: BEP 29. */
export type Transport = "tcp" | "utp";

/** The transports of connections to peers. `both`: TCP is dialled first. */
export type TransportMode = "both" | Transport;

/** How the bytes of a connection to a peer travel. */
export interface ConnectionKind {
  readonly transport: Transport;
  /** The encryption of the peer's messages. `handshake`: only the handshakes are encrypted. */
  readonly encryption: "handshake" | "none" | "rc4";
}

/**
 * The encryption of connections to peers. `off`: none. `allow`: both are accepted, and peers are dialled plain, then encrypted.
 * `prefer`: both are accepted, and peers are dialled encrypted, then plain. `require`: RC4 alone.
 */
export type EncryptionMode = "allow" | "off" | "prefer" | "require";

/** A connection over TCP without encryption. */
export const plainTcp: ConnectionKind = { transport: "tcp", encryption: "none" };

/** A connection over uTP without encryption. */
export const plainUtp: ConnectionKind = { transport: "utp", encryption: "none" };

const kinds: readonly ConnectionKind[] = [
  plainTcp,
  { transport: "tcp", encryption: "handshake" },
  { transport: "tcp", encryption: "rc4" },
  plainUtp,
  { transport: "utp", encryption: "handshake" },
  { transport: "utp", encryption: "rc4" },
];

/** @returns One object for equal kinds: a long list of addresses holds references to few objects. */
export function sharedKind({ transport, encryption }: ConnectionKind): ConnectionKind {
  const shared = kinds.find(
    (kind) => kind.transport === transport && kind.encryption === encryption,
  );
  if (shared === undefined)
    throw new Error(`bug: no connection is of the kind ${transport}, ${encryption}`);
  return shared;
}
