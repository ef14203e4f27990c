// Datagrams of three protocols at one port, told apart by their first byte.

const dictionary = 0x64;
const highByte = 0x00;
const version = 0x01;
const lastType = 0x04;

/** The protocol of a datagram. */
type DatagramKind = "dht" | "trackers" | "utp";

/**
 * - `dht`: a dictionary of bencode, `d` (BEP 5)
 * - `trackers`: the high byte of an action below 2²⁴ (BEP 15)
 * - `utp`: version 1 in the low half, a type from 0 to 4 in the high half (BEP 29)
 *
 * @returns Undefined for an empty datagram and for any other first byte.
 */
export function datagramKind(bytes: Uint8Array): DatagramKind | undefined {
  const [first] = bytes;
  if (first === undefined) return undefined;
  if (first === dictionary) return "dht";
  if (first === highByte) return "trackers";
  return (first & 0x0f) === version && first >> 4 <= lastType ? "utp" : undefined;
}
