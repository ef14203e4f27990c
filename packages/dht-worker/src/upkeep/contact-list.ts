import type { DhtEndpoint, DhtNodeSource } from "@troupe/messages";
import { addressKey, canonicalHost } from "@troupe/protocol/address";

/** Addresses of each source; beyond it the oldest is forgotten. */
export const mostAddresses = 200;

/** Addresses of nodes, some by name, that no answer has proven. A bootstrap asks them. */
export class ContactList {
  readonly #bySource: Readonly<Record<DhtNodeSource, Map<string, DhtEndpoint>>> = {
    user: new Map(),
    torrent: new Map(),
    port: new Map(),
  };

  add(source: DhtNodeSource, endpoint: DhtEndpoint): void {
    const { port } = endpoint;
    const host = canonicalHost(endpoint.host);
    const addresses = this.#bySource[source];
    const key = addressKey(host, port);
    addresses.delete(key);
    addresses.set(key, { host, port });
    const [oldest] = addresses.keys();
    if (addresses.size > mostAddresses && oldest !== undefined) addresses.delete(oldest);
  }

  list(source: DhtNodeSource): readonly DhtEndpoint[] {
    return [...this.#bySource[source].values()];
  }
}
