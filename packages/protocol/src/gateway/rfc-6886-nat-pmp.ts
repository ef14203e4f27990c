// https://www.rfc-editor.org/rfc/rfc6886: NAT-PMP, by UDP to port 5351 of the gateway. All numbers are big-endian.
//
//   request   0  1  version, 0
//             1  1  operation: 0 external address, 1 map UDP, 2 map TCP
//   map       4  2  internal port     6  2  wanted external port     8  4  lifetime in seconds
//
//   reply     0  1  version, 0        1  1  128 + operation          2  2  result code, 0 for success
//             4  4  seconds since the gateway's start
//   address   8  4  external address
//   map       8  2  internal port    10  2  external port           12  4  lifetime in seconds

import { formatIp } from "../address/ip-address.ts";
import { readUint16, readUint32, writeUint16, writeUint32 } from "../bytes/byte-order.ts";
import { ProtocolError } from "../errors.ts";
import type { MappedTransport, MappingQuestion } from "./port-mapping.ts";

const replyBit = 128;
const operations = { address: 0, udp: 1, tcp: 2 } as const;
const headerBytes = 8;
const addressBytes = 12;
const mappingBytes = 16;

/** The subject of a request: the external address, or a mapping. */
type NatPmpOperation = "address" | MappedTransport;

/** A gateway's datagram. */
export type NatPmpReply = {
  readonly operation: NatPmpOperation;
  /** Since its start. */
  readonly epochSeconds: number;
} & (
  | { readonly kind: "address"; readonly host: string }
  | {
      readonly kind: "mapping";
      readonly internalPort: number;
      readonly externalPort: number;
      readonly lifetimeSeconds: number;
    }
  /** 1 unsupported version, 2 not authorized, 3 network failure, 4 out of resources, 5 unsupported operation. */
  | { readonly kind: "refused"; readonly resultCode: number }
);

/** Asks for the external address, and so for the age of the gateway. */
export function encodeNatPmpAddressRequest(): Uint8Array {
  return Uint8Array.of(0, operations.address);
}

/** Asks for a mapping; a lifetime of 0 removes it. */
export function encodeNatPmpMapRequest(question: MappingQuestion): Uint8Array {
  const bytes = new Uint8Array(12);
  bytes[1] = operations[question.transport];
  writeUint16(bytes, 4, question.internalPort);
  // RFC 6886, section 3.4: 0 in a removal.
  writeUint16(bytes, 6, question.lifetimeSeconds === 0 ? 0 : question.externalPort);
  writeUint32(bytes, 8, question.lifetimeSeconds);
  return bytes;
}

/**
 * @param bytes Read during the call only. Bytes behind the fields are ignored.
 * @throws {ProtocolError} `datagram-malformed`.
 */
export function decodeNatPmpReply(bytes: Uint8Array): NatPmpReply {
  if (bytes.length < headerBytes)
    throw malformed(`it has ${bytes.length} bytes, at least 8 are allowed`);
  if (bytes[0] !== 0) throw malformed(`its version is ${bytes[0]}, 0 is allowed`);
  const head = { operation: operationOf(bytes[1] ?? 0), epochSeconds: readUint32(bytes, 4) };
  const resultCode = readUint16(bytes, 2);
  if (resultCode !== 0) return { ...head, kind: "refused", resultCode };
  const least = head.operation === "address" ? addressBytes : mappingBytes;
  if (bytes.length < least) {
    throw malformed(`it has ${bytes.length} bytes, at least ${least} are allowed`);
  }
  if (head.operation === "address") {
    return { ...head, kind: "address", host: formatIp(bytes.subarray(8, 12)) };
  }
  return {
    ...head,
    kind: "mapping",
    internalPort: readUint16(bytes, 8),
    externalPort: readUint16(bytes, 10),
    lifetimeSeconds: readUint32(bytes, 12),
  };
}

function operationOf(byte: number): NatPmpOperation {
  switch (byte - replyBit) {
    case operations.address:
      return "address";
    case operations.udp:
      return "udp";
    case operations.tcp:
      return "tcp";
    default:
      throw malformed(`its operation is ${byte}, 128 to 130 are allowed`);
  }
}

function malformed(reason: string): ProtocolError {
  return new ProtocolError("datagram-malformed", {
    operation: "decode-nat-pmp",
    message: `cannot read the gateway's datagram: ${reason}`,
  });
}
