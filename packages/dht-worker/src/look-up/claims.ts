import type { DhtEndpoint } from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";
import { isSameId, type Contact } from "@troupe/protocol/dht";
import type { KnownNode } from "./look-up-node.ts";

/** The ids that others claim for an address. */
interface AddressClaims {
  fitting: KnownNode | undefined;
  other: KnownNode | undefined;
}

/**
 * Unasked nodes by address. A liar can name an honest node by a wrong id, so of each address there is one claim whose id
 * fits and one whose id does not: neither displaces the other.
 */
export class Claims {
  readonly #byAddress = new Map<string, AddressClaims>();

  /** Whether the same claim is known. */
  has(contact: Contact): boolean {
    const claims = this.#byAddress.get(addressKey(contact.host, contact.port));
    return [claims?.fitting, claims?.other].some(
      (known) => known !== undefined && isSameId(known.id, contact.id),
    );
  }

  /** @returns The other claim of the same kind about the node's address. */
  rivalOf(node: KnownNode): KnownNode | undefined {
    return this.#byAddress.get(addressKey(node.host, node.port))?.[kindOf(node)];
  }

  /** Replaces the rival. */
  add(node: KnownNode): void {
    const key = addressKey(node.host, node.port);
    const claims = this.#byAddress.get(key) ?? { fitting: undefined, other: undefined };
    claims[kindOf(node)] = node;
    this.#byAddress.set(key, claims);
  }

  /** The node is not known any more. */
  remove(node: KnownNode): void {
    const claims = this.#byAddress.get(addressKey(node.host, node.port));
    if (claims?.[kindOf(node)] !== node) return;
    claims[kindOf(node)] = undefined;
    if (claims.fitting === claims.other) this.#byAddress.delete(addressKey(node.host, node.port));
  }

  /** The address is asked. @returns The nodes that were claimed to be there, forgotten from now on. */
  take(address: DhtEndpoint): readonly KnownNode[] {
    const claims = this.#byAddress.get(addressKey(address.host, address.port));
    this.#byAddress.delete(addressKey(address.host, address.port));
    return [claims?.fitting, claims?.other].filter((node) => node !== undefined);
  }
}

function kindOf({ isFitting }: KnownNode): "fitting" | "other" {
  return isFitting ? "fitting" : "other";
}
