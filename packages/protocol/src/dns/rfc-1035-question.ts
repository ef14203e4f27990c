// Questions to name servers: https://www.rfc-editor.org/rfc/rfc1035, section 4, and RFC 3596 for IPv6. All numbers are
// big-endian.
//
//   0   2  id
//   2   2  flags: 0x0100 asks the server to find the answer
//   4   2  count of questions, 1
//   6   6  counts of other records, 0
//  12      the name: labels of 1 to 63 bytes, each behind its length, and a 0
//      2  type: 1 for an IPv4 address, 28 for an IPv6 address
//      2  class: 1 for the internet

import { writeUint16 } from "../bytes/byte-order.ts";

/** Bytes of the head. */
export const dnsHeadBytes = 12;
/** Types of the records that hold addresses. */
export const addressTypes = { 4: 1, 6: 28 } as const;
/** The class of the internet. */
export const internetClass = 1;

const longestName = 253;
const longestLabel = 63;
const recursionDesired = 0x0100;

/** A question for the addresses of a name. */
export interface DnsQuestion {
  /** 16 bits. */
  readonly id: number;
  /** ASCII, in lower case, without a dot at the end. */
  readonly name: string;
  readonly family: 4 | 6;
}

/** @returns Undefined for a name that DNS cannot carry: an empty label, one of more than 63 bytes, more than 253 in all, or other letters than ASCII. */
export function encodeDnsQuestion({ id, name, family }: DnsQuestion): Uint8Array | undefined {
  const labels = name.split(".");
  const isSound = labels.every((label) => label.length > 0 && label.length <= longestLabel);
  if (!isSound || name.length > longestName || !/^[\x21-\x7e]+$/.test(name)) return undefined;
  const bytes = new Uint8Array(dnsHeadBytes + name.length + 2 + 4);
  writeUint16(bytes, 0, id);
  writeUint16(bytes, 2, recursionDesired);
  writeUint16(bytes, 4, 1);
  let at = dnsHeadBytes;
  for (const label of labels) {
    bytes[at] = label.length;
    bytes.set(Buffer.from(label, "latin1"), at + 1);
    at += 1 + label.length;
  }
  writeUint16(bytes, at + 1, addressTypes[family]);
  writeUint16(bytes, at + 3, internetClass);
  return bytes;
}
