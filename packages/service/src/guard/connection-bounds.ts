import { refuse, type Refusal } from "./refusal.ts";

/** Connections at once, verified or not. */
const mostConnections = 256;
/** Connections of unknown addresses at once. The other places are for callers that have proved themselves before. */
const mostUnknown = 192;
/** Connections of one address (IPv6: of a /64). */
const mostOfAddress = 32;

/** A connection is verified while its last request proved its caller. */
interface OpenConnection {
  /** Undefined for a trusted proxy's that has not named a caller. */
  addressKey: string | undefined;
  isVerified: boolean;
  /** A credential of its address has succeeded before, or one came by this connection. */
  isKnown: boolean;
}

/** The decision about a new connection. The caller closes the named one. */
type Admission<Id> = { readonly closes: Id | undefined } | Refusal;

/**
 * Decides which connections stay. At a bound the oldest connection of an unknown address is closed for the new one, else the
 * oldest unverified one: of the same address where that is at its bound, else of all. Where all are verified, the new one is
 * refused `too-many-connections`. A flood from unknown addresses so closes no connection that waits for a password check.
 */
export class ConnectionBounds<Id> {
  /** The oldest first. */
  readonly #open = new Map<Id, OpenConnection>();

  /**
   * @param addressKey Undefined for a trusted proxy: its connections count by the addresses that it names.
   * @param isKnown A credential of the address has succeeded before, as `CheckQueue.isKnown` tells.
   */
  admit(id: Id, addressKey: string | undefined, isKnown: boolean): Admission<Id> {
    const victim = this.#victimFor(addressKey, isKnown);
    if (victim !== undefined && "refused" in victim) return victim;
    if (victim !== undefined) this.#open.delete(victim.id);
    this.#open.set(id, { addressKey, isVerified: false, isKnown });
    return { closes: victim?.id };
  }

  /**
   * The connection brought a request.
   * @returns A refusal of the request where a trusted proxy names an address that is at its bound.
   */
  setCaller(id: Id, addressKey: string, isVerified: boolean): Refusal | undefined {
    const connection = this.#open.get(id);
    if (connection === undefined) return undefined;
    const isOther = connection.addressKey !== addressKey;
    if (isOther && this.#of(addressKey).length >= mostOfAddress) return addressFull();
    connection.addressKey = addressKey;
    connection.isVerified = isVerified;
    connection.isKnown ||= isVerified;
    return undefined;
  }

  /** A response on a trusted proxy's connection has ended: the next request may be of another caller. */
  release(id: Id): void {
    const connection = this.#open.get(id);
    if (connection === undefined) return;
    connection.addressKey = undefined;
    connection.isVerified = false;
  }

  /** The connection has ended. */
  remove(id: Id): void {
    this.#open.delete(id);
  }

  /** Connections that are open. */
  get count(): number {
    return this.#open.size;
  }

  #victimFor(
    addressKey: string | undefined,
    isKnown: boolean,
  ): { readonly id: Id } | Refusal | undefined {
    const ofAddress = addressKey === undefined ? [] : this.#of(addressKey);
    if (ofAddress.length >= mostOfAddress) return firstToClose(ofAddress) ?? addressFull();
    const unknown = this.#open.values().reduce((sum, open) => sum + (open.isKnown ? 0 : 1), 0);
    const isFull = this.#open.size >= mostConnections || (!isKnown && unknown >= mostUnknown);
    return isFull ? (firstToClose([...this.#open]) ?? allFull()) : undefined;
  }

  #of(addressKey: string): (readonly [Id, OpenConnection])[] {
    return [...this.#open].filter(([, connection]) => connection.addressKey === addressKey);
  }
}

function firstToClose<Id>(
  connections: readonly (readonly [Id, OpenConnection])[],
): { readonly id: Id } | undefined {
  const found =
    connections.find(([, { isKnown }]) => !isKnown) ??
    connections.find(([, { isVerified }]) => !isVerified);
  return found === undefined ? undefined : { id: found[0] };
}

function addressFull(): Refusal {
  const message = `cannot take the connection: its address has ${mostOfAddress}, which is the most; close one, or try again later`;
  return refuse(429, "too-many-connections", message);
}

function allFull(): Refusal {
  const message = `cannot take the connection: there are ${mostConnections} of verified callers, which is the most; try again later`;
  return refuse(503, "too-many-connections", message);
}
