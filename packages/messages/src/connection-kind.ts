/** How the bytes of a connection to a peer travel. */
export interface ConnectionKind {
  /** The protocol below the peer's messages. */
  readonly transport: "tcp";
  /** The encryption of the peer's messages. */
  readonly encryption: "none";
}

/** A connection over TCP without encryption. */
export const plainTcp: ConnectionKind = { transport: "tcp", encryption: "none" };

const kinds: readonly ConnectionKind[] = [plainTcp];

/** @returns One object for equal kinds: a long list of addresses holds references to few objects. */
export function sharedKind({ transport, encryption }: ConnectionKind): ConnectionKind {
  const shared = kinds.find(
    (kind) => kind.transport === transport && kind.encryption === encryption,
  );
  if (shared === undefined)
    throw new Error(`bug: no connection is of the kind ${transport}, ${encryption}`);
  return shared;
}
