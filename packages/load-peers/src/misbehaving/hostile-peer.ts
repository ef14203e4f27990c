// A misbehaving peer is a value: its name, its behaviour in a sentence, and the function that does it.

import { type RawConnection, RawConnectionClosed } from "./raw-connection.ts";

/** One way to misbehave. */
export interface HostilePeer {
  /** Kebab case, unique in the catalogue. */
  readonly name: string;
  /** Completes the sentence "this peer …". */
  readonly does: string;
  /** Numbers of the cases in test/catalogue.md that this peer shows. */
  readonly cases: readonly number[];
  /** It waits to be dialled; all others dial. */
  readonly isDialled?: true;
  /** Connections that it makes at once, all under one peer id; 1 by default. */
  readonly connections?: number;
  /** It needs a torrent with hash trees (BEP 52). */
  readonly isOfVersion2?: true;
  /** It connects again as soon as it is closed. */
  readonly comesBack?: true;
  /**
   * Misbehaves on one connection, until it has done what it does or the other side has had enough. Floods have no end of
   * their own. Throws {@link RawConnectionClosed} out of the line's own methods.
   */
  readonly misbehave: (connection: RawConnection) => Promise<void>;
}

/** Lets a peer misbehave on one connection; settles when that is over for either side. */
export async function misbehave(peer: HostilePeer, connection: RawConnection): Promise<void> {
  try {
    await peer.misbehave(connection);
  } catch (error) {
    if (!(error instanceof RawConnectionClosed)) throw error;
  }
  await connection.closed;
}

/** Steps before the misdeed, which may learn something of the other side. */
type FirstSteps<Seen> = (connection: RawConnection) => Promise<Seen>;

/** Exchanges handshakes and nothing else. @throws RawConnectionClosed */
export function shakeHands(connection: RawConnection): Promise<void> {
  return connection.shakeHands();
}

/** A misdeed after first steps. */
export function after<Seen>(
  first: FirstSteps<Seen>,
  misdeed: (connection: RawConnection, seen: Seen) => Promise<unknown>,
): HostilePeer["misbehave"] {
  return async (connection) => {
    await misdeed(connection, await first(connection));
  };
}

/** Sends a message once, after first steps. */
export function sends<Seen>(
  first: FirstSteps<Seen>,
  message: (connection: RawConnection, seen: Seen) => Uint8Array,
): HostilePeer["misbehave"] {
  return after(first, (connection, seen) => connection.send(message(connection, seen)));
}

/** Sends a message without end, after first steps. */
export function floods<Seen>(
  first: FirstSteps<Seen>,
  message: (connection: RawConnection, seen: Seen) => Uint8Array,
): HostilePeer["misbehave"] {
  return after(first, (connection, seen) => connection.sendForEver(message(connection, seen)));
}
