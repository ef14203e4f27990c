// https://www.bittorrent.org/beps/bep_0055.html: `ut_holepunch`, an extended message that brings two peers together through
// a peer that both are connected to.
//
//   0   4   length of the rest, big-endian
//   4   1   20
//   5   1   the receiver's id of the extension
//   6   1   0 rendezvous, 1 connect, 2 error
//   7   1   0 IPv4, 1 IPv6
//   8   4   address, 16 bytes of IPv6
//   12  2   port
//   14  4   code of an error, 0 in other messages
//
// libtorrent leaves out the code in messages that are no errors.

import { formatIp, parseIp } from "../address/ip-address.ts";
import type { PeerAddress } from "../address/peer-address.ts";
import { readUint16, readUint32, writeUint16, writeUint32 } from "../bytes/byte-order.ts";
import { wrongLength } from "../frames/frame-faults.ts";
import { MessageId } from "./bep-03-peer-messages.ts";
import { writeHead } from "./write-message.ts";

/** Its key in `m` (BEP 10). */
export const holepunchName = "ut_holepunch";

/** Codes of a relay that does not connect two peers. */
export const HolepunchCode = {
  /** The address cannot be that of a peer. */
  noSuchPeer: 1,
  /** The relay is not connected to the peer. */
  notConnected: 2,
  /** The peer does not speak the extension. */
  noSupport: 3,
  /** The address is that of the relay or of the asker. */
  noSelf: 4,
} as const;

/** A peer asks the relay for a peer, the relay tells both to connect, or it refuses. */
export type HolepunchMessage = PeerAddress &
  (
    | { readonly kind: "rendezvous" | "connect" }
    /** 0 for an error without a code. */
    | { readonly kind: "error"; readonly code: number }
  );

const kinds = ["rendezvous", "connect", "error"] as const;
const prefixBytes = 4;
const idsBytes = 2;
const kindsBytes = 2;
const portBytes = 2;
const codeBytes = 4;
const ipBytes = [4, 16] as const;

/**
 * @param id The receiver's id of the extension, 1 to 255.
 * @param message With a numeric host.
 * @returns The whole message; undefined for a host that is no address.
 */
export function encodeHolepunch(id: number, message: HolepunchMessage): Uint8Array | undefined {
  const { host, kind, port } = message;
  const ip = parseIp(host);
  if (ip === undefined) return undefined;
  const lengthBytes = idsBytes + kindsBytes + ip.length + portBytes + codeBytes;
  const bytes = new Uint8Array(prefixBytes + lengthBytes);
  let at = writeHead(bytes, 0, lengthBytes, MessageId.extended);
  bytes[at++] = id;
  bytes[at++] = kinds.indexOf(kind);
  bytes[at++] = ip.length === ipBytes[0] ? 0 : 1;
  bytes.set(ip, at);
  at = writeUint16(bytes, at + ip.length, port);
  writeUint32(bytes, at, kind === "error" ? message.code : 0);
  return bytes;
}

/**
 * @param payload After the ids: 8 or 12 bytes with an IPv4 address, 20 or 24 with an IPv6 address. Read during the call only.
 * @returns Undefined for an unknown kind, and for a code in a message that is no error. A mapped address as IPv4. The
 *   address is not checked.
 * @throws {ProtocolError} `frame-wrong-length`.
 */
export function decodeHolepunch(payload: Uint8Array): HolepunchMessage | undefined {
  const family = payload[1];
  const hostBytes = family === 0 ? ipBytes[0] : ipBytes[1];
  const endAt = kindsBytes + hostBytes + portBytes;
  const hasCode = payload.length === endAt + codeBytes;
  if (payload.length !== endAt && !hasCode)
    throw wrongLength(MessageId.extended, idsBytes + payload.length, idsBytes + endAt + codeBytes);
  const kind = kinds[payload[0] ?? kinds.length];
  if (kind === undefined || family === undefined || family > 1) return undefined;
  const host = formatIp(payload.subarray(kindsBytes, kindsBytes + hostBytes));
  const port = readUint16(payload, kindsBytes + hostBytes);
  const code = hasCode ? readUint32(payload, endAt) : 0;
  if (kind === "error") return { kind, host, port, code };
  return code === 0 ? { kind, host, port } : undefined;
}
