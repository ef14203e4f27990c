// Messages of the DHT.

import {
  decodeKrpc,
  encodeQuery,
  encodeResponse,
  krpcLimits,
  type NodeId,
} from "@troupe/protocol/dht";
import { timed, type MicroCase } from "../case.ts";

const times = 2_000;
const nodeBytes = 26;

/** A query read, an answer written, an answer read. */
export function krpcCases(): MicroCase[] {
  const id = new Uint8Array(20).fill(7) as NodeId;
  const transaction = new Uint8Array([1, 2]);
  const query = encodeQuery(transaction, id, { method: "get_peers", target: id });
  const answer = { id, nodes: new Uint8Array(8 * nodeBytes).fill(9), token: new Uint8Array(8) };
  const options = {
    to: { host: "198.51.100.7", port: 6881 },
    family: 4,
    maxBytes: krpcLimits.maxSentBytes,
  } as const;
  const response = encodeResponse(transaction, answer, options);
  const repeat = (operation: string, act: () => void): MicroCase => ({
    part: "krpc",
    operation,
    run: () =>
      timed(times, () => {
        for (let time = 0; time < times; time++) act();
      }),
  });
  return [
    repeat("a `get_peers` read", () => void decodeKrpc(query, 4)),
    repeat(
      "an answer with 8 nodes written",
      () => void encodeResponse(transaction, answer, options),
    ),
    repeat("an answer with 8 nodes read", () => void decodeKrpc(response, 4)),
  ];
}
