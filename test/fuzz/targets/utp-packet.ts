import {
  emptyUtpPacket,
  looksLikeUtp,
  readUtpPacket,
  utpHeaderBytes,
  writeUtpHeader,
} from "@troupe/protocol/utp";

import { bytesMutator, joined } from "../engine/mutate-bytes.ts";
import { hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

/** @returns A datagram with the connection id 7, the number 2, and the acknowledgement 3. */
function datagram(type: number, extension: number, rest: ArrayLike<number> = []): Uint8Array {
  const numbers = [0, 7, 0, 0, 0, 9, 0, 0, 0, 5, 0, 16, 0, 0, 0, 2, 0, 3];
  return joined([(type << 4) | 1, extension], numbers, rest);
}

const selectiveAck = [0, 4, 1, 0, 0, 128];

/** Sound packets of all types, with and without extensions. */
export function utpSeeds(): readonly Uint8Array[] {
  return [
    ...[0, 1, 2, 3, 4].map((type) => datagram(type, 0)),
    datagram(0, 0, [1, 2, 3, 4]),
    datagram(2, 1, selectiveAck),
    datagram(0, 1, [...selectiveAck, 8, 8]),
    datagram(2, 2, [1, 8, 0, 0, 0, 0, 0, 0, 0, 0, ...selectiveAck]),
    datagram(2, 9, [9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 0, 0]),
  ];
}

/** Headers and extensions of uTP (BEP 29). */
export const utpPacket: FuzzTarget = {
  name: "utp-packet",
  oracle:
    "a fault, or a packet whose numbers are written again as they were read, with the selective ack and the payload inside the datagram",
  sources: ["protocol/src/utp/"],
  seeds: utpSeeds,
  mutate: bytesMutator([Uint8Array.from(selectiveAck), Uint8Array.of(1, 255), Uint8Array.of(9, 0)]),
  maxBytes: 1_500,
  run(input) {
    const packet = emptyUtpPacket();
    const fault = readUtpPacket(input, packet);
    if (fault !== undefined) {
      const isSound = looksLikeUtp(input) && input[1] === 0;
      hold(!isSound, () => `${fault} in a sound packet`);
      return;
    }
    hold(looksLikeUtp(input), "a packet that the shared port would not take for uTP");
    const header = input.slice(0, utpHeaderBytes);
    const again = new Uint8Array(utpHeaderBytes);
    writeUtpHeader(again, packet);
    header[1] = 0;
    hold(sameBytes(header, again), "numbers that are written otherwise");
    const { payloadAt, selectiveAckAt, selectiveAckBytes } = packet;
    hold(payloadAt >= utpHeaderBytes && payloadAt <= input.length, "a payload outside");
    if (selectiveAckBytes === 0) return;
    hold(selectiveAckAt >= utpHeaderBytes + 2, "a selective ack in the header");
    hold(selectiveAckAt + selectiveAckBytes <= payloadAt, "a selective ack in the payload");
  },
};
