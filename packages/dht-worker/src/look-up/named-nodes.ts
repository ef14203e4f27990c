// Nodes that an answer names are unverified: their teller must not choose any address for us to send packets to.

import type { DhtEndpoint } from "@troupe/messages";
import { classifyAddress, isLoopbackAddress } from "@troupe/protocol/address";
import { compareDistance, type Contact, type NodeId } from "@troupe/protocol/dht";
import type { AddressFamily } from "@troupe/protocol/tracker";

/** Nodes that a look-up takes of one answer, as many as BEP 5 asks for. Some honest nodes name 20. */
export const mostNamedNodes = 8;

/**
 * @param teller Address of the node that named it.
 * @returns False for port 0 and addresses that no node has. Local addresses may be named by a node on a local address,
 *   loopback addresses by one on such an address.
 */
export function isNameable({ host, port }: DhtEndpoint, teller: string): boolean {
  if (port === 0) return false;
  const kind = classifyAddress(host);
  if (kind !== "local") return kind === "internet";
  return isLoopbackAddress(host) ? isLoopbackAddress(teller) : classifyAddress(teller) === "local";
}

/**
 * @param teller Address of the node that named them.
 * @param family Family of the look-up.
 * @returns The nodes that may be asked: the {@link mostNamedNodes} nearest to the target.
 */
export function namedNodes(
  named: readonly Contact[],
  teller: string,
  target: NodeId,
  family: AddressFamily,
): readonly Contact[] {
  const sound = named.filter(
    (node) => node.host.includes(":") === (family === 6) && isNameable(node, teller),
  );
  if (sound.length <= mostNamedNodes) return sound;
  return sound.sort((a, b) => compareDistance(target, a.id, b.id)).slice(0, mostNamedNodes);
}
