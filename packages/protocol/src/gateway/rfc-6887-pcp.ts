// https://www.rfc-editor.org/rfc/rfc6887: PCP, by UDP to port 5351 of the gateway. All numbers are big-endian. An IPv4
// address is written as the IPv6 address that maps it.
//
//   request   0  1  version, 2        1  1  operation: 0 announce, 1 map
//             4  4  wanted lifetime in seconds                       8 16  our address
//   reply     0  1  version, 2        1  1  128 + operation          3  1  result code, 0 for success
//             4  4  lifetime in seconds                              8  4  seconds since the gateway's start
//   map      24 12  nonce            36  1  6 TCP, 17 UDP           40  2  internal port
//            42  2  external port    44 16  external address

import { formatIp, parseIp } from "../address/ip-address.ts";
import { readUint16, readUint32, writeUint16, writeUint32 } from "../bytes/byte-order.ts";
import { ProtocolError } from "../errors.ts";
import type { MappedTransport, MappingQuestion } from "./port-mapping.ts";

/** Bytes of the nonce that ties a mapping to its owner. */
export const pcpNonceBytes = 12;
/** The result code of a gateway that speaks another version. */
export const pcpUnsupportedVersion = 1;

const version = 2;
const replyBit = 128;
const operations = { announce: 0, map: 1 } as const;
const protocols = { tcp: 6, udp: 17 } as const;
const headerBytes = 24;
const mappingBytes = 60;
/** Longest datagram (RFC 6887, section 7); a longer reply is ignored. */
const maxReplyBytes = 1_100;

/** A gateway's datagram. Options behind the fields are ignored. */
export type PcpReply = {
  /** Since its start. */
  readonly epochSeconds: number;
} & (
  | { readonly kind: "announced" }
  | ({ readonly kind: "mapping"; readonly lifetimeSeconds: number } & PcpMapping)
  /** Result codes of RFC 6887, section 7.4. Without a mapping, the operation was not `map` or its fields are missing. */
  | {
      readonly kind: "refused";
      readonly resultCode: number;
      readonly operation: "announce" | "map";
      readonly mapping?: PcpMapping;
    }
);

/** The fields of a mapping. */
export interface PcpMapping {
  readonly nonce: Uint8Array;
  readonly transport: MappedTransport;
  readonly internalPort: number;
  readonly externalPort: number;
  /** Numeric. */
  readonly externalHost: string;
}

/** Asks for the age of the gateway. @param localHost Our numeric address. */
export function encodePcpAnnounce(localHost: string): Uint8Array {
  return request(operations.announce, localHost, 0, headerBytes);
}

/** Asks for a mapping; a lifetime of 0 removes it. @param localHost Our numeric address. @param nonce 12 bytes. */
export function encodePcpMap(
  localHost: string,
  nonce: Uint8Array,
  question: MappingQuestion,
): Uint8Array {
  const bytes = request(operations.map, localHost, question.lifetimeSeconds, mappingBytes);
  bytes.set(nonce.subarray(0, pcpNonceBytes), 24);
  bytes[36] = protocols[question.transport];
  writeUint16(bytes, 40, question.internalPort);
  writeUint16(bytes, 42, question.lifetimeSeconds === 0 ? 0 : question.externalPort);
  // No address is wanted: the unspecified one of our family.
  if (!localHost.includes(":")) bytes.set(mapped(new Uint8Array(4)), 44);
  return bytes;
}

/**
 * @param bytes Read during the call only.
 * @throws {ProtocolError} `datagram-malformed`.
 */
export function decodePcpReply(bytes: Uint8Array): PcpReply {
  if (bytes.length < headerBytes || bytes.length > maxReplyBytes) {
    throw malformed(`it has ${bytes.length} bytes, 24 to 1,100 are allowed`);
  }
  const resultCode = bytes[3] ?? 0;
  if (bytes[0] !== version && resultCode !== pcpUnsupportedVersion) {
    throw malformed(`its version is ${bytes[0]}, 2 is allowed`);
  }
  const operation = operationOf(bytes[1] ?? 0);
  const epochSeconds = readUint32(bytes, 8);
  const mapping =
    operation === "map" && bytes.length >= mappingBytes ? mappingOf(bytes) : undefined;
  if (resultCode !== 0) {
    const refusal = { epochSeconds, kind: "refused", resultCode, operation } as const;
    return mapping === undefined ? refusal : { ...refusal, mapping };
  }
  if (operation === "announce") return { epochSeconds, kind: "announced" };
  if (mapping === undefined)
    throw malformed(`it has ${bytes.length} bytes, at least 60 are allowed`);
  return { epochSeconds, kind: "mapping", lifetimeSeconds: readUint32(bytes, 4), ...mapping };
}

function request(
  operation: number,
  localHost: string,
  lifetimeSeconds: number,
  lengthBytes: number,
): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  bytes[0] = version;
  bytes[1] = operation;
  writeUint32(bytes, 4, lifetimeSeconds);
  const own = parseIp(localHost) ?? new Uint8Array(4);
  bytes.set(own.length === 4 ? mapped(own) : own, 8);
  return bytes;
}

/** `::ffff:a.b.c.d` */
function mapped(ip4: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes.fill(0xff, 10, 12);
  bytes.set(ip4, 12);
  return bytes;
}

function operationOf(byte: number): "announce" | "map" {
  if (byte === replyBit + operations.announce) return "announce";
  if (byte === replyBit + operations.map) return "map";
  throw malformed(`its operation is ${byte}, 128 and 129 are allowed`);
}

function mappingOf(bytes: Uint8Array): PcpMapping {
  const protocol = bytes[36];
  if (protocol !== protocols.tcp && protocol !== protocols.udp) {
    throw malformed(`its protocol is ${protocol}, 6 and 17 are allowed`);
  }
  return {
    nonce: bytes.slice(24, 24 + pcpNonceBytes),
    transport: protocol === protocols.tcp ? "tcp" : "udp",
    internalPort: readUint16(bytes, 40),
    externalPort: readUint16(bytes, 42),
    externalHost: formatIp(bytes.subarray(44, 60)),
  };
}

function malformed(reason: string): ProtocolError {
  return new ProtocolError("datagram-malformed", {
    operation: "decode-pcp",
    message: `cannot read the gateway's datagram: ${reason}`,
  });
}
