// Peers that a node names. Like the nodes that it names, they are unverified.

import type { DhtEndpoint } from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";
import type { KrpcAnswer } from "@troupe/protocol/dht";
import { decodeCompact4, decodeCompact6 } from "@troupe/protocol/tracker";
import { isNameable } from "../look-up/named-nodes.ts";

/**
 * @param teller Address of the node.
 * @param admits Whether the IP filter lets the address pass.
 * @returns The peers of an answer that may be dialled, each once.
 */
export function namedPeers(
  { values, values6 }: KrpcAnswer,
  teller: string,
  admits: (peer: DhtEndpoint) => boolean,
): DhtEndpoint[] {
  const peers = new Map<string, DhtEndpoint>();
  const named = [
    ...(values === undefined ? [] : decodeCompact4(values)),
    ...(values6 === undefined ? [] : decodeCompact6(values6)),
  ];
  for (const { host, port } of named) {
    if (isNameable({ host, port }, teller) && admits({ host, port }))
      peers.set(addressKey(host, port), { host, port });
  }
  return [...peers.values()];
}
