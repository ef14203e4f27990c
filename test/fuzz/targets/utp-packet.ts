import {
  emptyUtpPacket,
  looksLikeUtp,
  readUtpPacket,
  utpHeaderBytes,
  utpTypes,
  writeUtpHeader,
} from "@troupe/protocol/utp";

import { datagramKind } from "../../../packages/peer-worker/src/udp/first-byte.ts";
import { bytesMutator, joined } from "../engine/mutate-bytes.ts";
import { hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const headFaults: readonly string[] = ["too-short", "wrong-version", "unknown-type"];
const extensionFaults: readonly string[] = ["extension-cut", "too-many-extensions"];
const selectiveAck = Uint8Array.of(0, 4, 0b101, 0, 0, 0x80);
const unknownExtension = Uint8Array.of(1, 8, ...new Uint8Array(8));

/** Datagrams of uTP (BEP 29): the header and the chain of extensions. */
export const utpPacket: FuzzTarget = {
  name: "utp-packet",
  oracle:
    "dropped with a fault, or a packet whose extensions and payload lie inside the datagram, which the port hands to uTP, and whose header is written again as it came",
  sources: ["protocol/src/utp"],
  seeds: () => [
    ...Object.values(utpTypes).map((type) => header(type)),
    joined(header(utpTypes.data), [1, 2, 3]),
    withExtension(1, selectiveAck),
    withExtension(2, joined(unknownExtension, selectiveAck)),
    withExtension(1, joined([1, 0], [1, 0], [1, 0], [1, 0], [1, 0], [1, 0], [1, 0], [0, 0])),
  ],
  mutate: bytesMutator([selectiveAck, unknownExtension, Uint8Array.of(1, 0), Uint8Array.of(0, 0)]),
  maxBytes: 1_500,
  run(input) {
    const packet = emptyUtpPacket();
    const fault = readUtpPacket(input, packet);
    const hasHead = looksLikeUtp(input);
    if (fault !== undefined) {
      hold((hasHead ? extensionFaults : headFaults).includes(fault), `the fault ${fault}`);
      return;
    }
    hold(hasHead && datagramKind(input) === "utp", "a packet that the port gives to another");
    const { payloadAt, selectiveAckAt, selectiveAckBytes } = packet;
    hold(payloadAt >= utpHeaderBytes && payloadAt <= input.length, "a payload outside");
    hold(selectiveAckAt + selectiveAckBytes <= payloadAt, "a selective ack outside");
    hold(selectiveAckAt === 0 || selectiveAckAt > utpHeaderBytes, "a selective ack in the header");
    const again = new Uint8Array(utpHeaderBytes);
    writeUtpHeader(again, packet);
    again[1] = input[1] ?? 0;
    hold(sameBytes(again, input.subarray(0, utpHeaderBytes)), "another header");
  },
};

function header(type: (typeof utpTypes)[keyof typeof utpTypes]): Uint8Array {
  const bytes = new Uint8Array(utpHeaderBytes);
  writeUtpHeader(bytes, {
    type,
    connectionId: 0x1234,
    timestampUs: 0x89ab_cdef,
    differenceUs: 0x7fff_ffff,
    windowBytes: 0x10_0000,
    seq: 0xffff,
    ack: 1,
  });
  return bytes;
}

function withExtension(type: number, extensions: Uint8Array): Uint8Array {
  const bytes = joined(header(utpTypes.state), extensions);
  bytes[1] = type;
  return bytes;
}
