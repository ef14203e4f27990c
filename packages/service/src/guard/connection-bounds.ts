import { refuse, type Refusal } from "./refusal.ts";

/** Connections at once, verified or not. */
const mostConnections = 256;
/** Places that only verified callers get. */
const keptForVerified = 64;
/** Connections of one address (IPv6: of a /64). */
const mostOfAddress = 32;

/** A connection is verified while its last request proved its caller. */
interface OpenConnection {
  /** Undefined for a trusted proxy's that has not named a caller. */
  addressKey: string | undefined;
  isVerified: boolean;
}

/** The decision about a new connection. The caller closes the named one. */
type Admission<Id> = { readonly closes: Id | undefined } | Refusal;

/**
 * Decides which connections stay. At a bound the oldest unverified connection is closed for the new one: of the same address
 * where that is at its bound, else of all. Where all are verified, the new one is refused `too-many-connections`.
 */
export class ConnectionBounds<Id> {
  /** The oldest first. */
  readonly #open = new Map<Id, OpenConnection>();

  /** @param addressKey Undefined for a trusted proxy: its connections count by the addresses that it names. */
  admit(id: Id, addressKey: string | undefined): Admission<Id> {
    const victim = this.#victimFor(addressKey);
    if (victim !== undefined && "refused" in victim) return victim;
    if (victim !== undefined) this.#open.delete(victim.id);
    this.#open.set(id, { addressKey, isVerified: false });
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
    return undefined;
  }

  /** The connection has ended. */
  remove(id: Id): void {
    this.#open.delete(id);
  }

  /** Connections that are open. */
  get count(): number {
    return this.#open.size;
  }

  #victimFor(addressKey: string | undefined): { readonly id: Id } | Refusal | undefined {
    const ofAddress = addressKey === undefined ? [] : this.#of(addressKey);
    if (ofAddress.length >= mostOfAddress) return oldestUnverified(ofAddress) ?? addressFull();
    const unverified = [...this.#open.values()].filter(({ isVerified }) => !isVerified).length;
    const isFull =
      this.#open.size >= mostConnections || unverified >= mostConnections - keptForVerified;
    return isFull ? (oldestUnverified([...this.#open]) ?? allFull()) : undefined;
  }

  #of(addressKey: string): (readonly [Id, OpenConnection])[] {
    return [...this.#open].filter(([, connection]) => connection.addressKey === addressKey);
  }
}

function oldestUnverified<Id>(
  connections: readonly (readonly [Id, OpenConnection])[],
): { readonly id: Id } | undefined {
  const found = connections.find(([, { isVerified }]) => !isVerified);
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
