// Pings a DHT node, as a node that answers nothing (BEP 43), so that the ping leaves no trace in its table.

import type { Address, Ports } from "@troupe/actor-runtime";
import { decodeKrpc, encodeQuery, nodeIdBytes, nodeIdFrom } from "@troupe/protocol/dht";
import { askByDatagram } from "./ask-by-datagram.ts";

const transactionBytes = 4;

/** @returns Undefined: the node answers; else the reason. */
export async function probeNode(
  ports: Pick<Ports, "datagrams" | "timers" | "random">,
  at: Address,
): Promise<string | undefined> {
  const transaction = ports.random.bytes(transactionBytes);
  const id = nodeIdFrom(ports.random.bytes(nodeIdBytes));
  const query = encodeQuery(transaction, id, { method: "ping" }, { isReadOnly: true });
  const isAnswer = (bytes: Uint8Array): boolean => {
    const message = decodeKrpc(bytes, at.host.includes(":") ? 6 : 4);
    return message?.kind === "response" && Buffer.compare(message.transaction, transaction) === 0;
  };
  return await askByDatagram(ports, at, query, isAnswer);
}
