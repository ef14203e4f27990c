// https://www.bittorrent.org/beps/bep_0042.html: the first 21 bits of a node's id are a hash of its address, so that
// an attacker needs many networks to have many nodes near a target.

import { classifyAddress } from "../address/address.ts";
import { packAddress } from "../address/packed-address.ts";
import { crc32c } from "../bytes/crc-32c.ts";
import { nodeIdBytes, type NodeId } from "./node-id.ts";

const mask4 = Uint8Array.of(0x03, 0x0f, 0x3f, 0xff);
/** For the first half of an IPv6 address. */
const mask6 = Uint8Array.of(0x01, 0x03, 0x07, 0x0f, 0x1f, 0x3f, 0x7f, 0xff);
/** Bits of the third byte that the hash gives. */
const thirdByteMask = 0xf8;

/**
 * @param host The node's address as the internet sees it. Any id fits a local address.
 * @param random Gives so many random bytes.
 * @param r The last byte of the id, of which three bits choose among the eight ids that fit the address. Default: random.
 */
export function secureNodeId(
  host: string,
  random: (length: number) => Uint8Array,
  r?: number,
): NodeId {
  const id = new Uint8Array(random(nodeIdBytes)) as NodeId;
  if (r !== undefined) id[nodeIdBytes - 1] = r;
  if (classifyAddress(host) !== "internet") return id;
  const hash = hashOf(host, id[nodeIdBytes - 1] ?? 0);
  if (hash === undefined) return id;
  id[0] = hash >>> 24;
  id[1] = hash >>> 16;
  id[2] = ((hash >>> 8) & thirdByteMask) | ((id[2] ?? 0) & ~thirdByteMask);
  return id;
}

/** @returns Whether the id fits the address; always for local addresses, never for other text. */
export function isSecureNodeId(id: NodeId, host: string): boolean {
  const addressClass = classifyAddress(host);
  if (addressClass !== "internet") return addressClass === "local";
  const hash = hashOf(host, id[nodeIdBytes - 1] ?? 0);
  if (hash === undefined) return false;
  const [first = 0, second = 0, third = 0] = id;
  return (((first << 16) | (second << 8) | third) ^ (hash >>> 8)) >>> 3 === 0;
}

/** @param r The last byte of the id. */
function hashOf(host: string, r: number): number | undefined {
  const ip = packAddress(host);
  if (ip === undefined) return undefined;
  const mask = ip.length === 4 ? mask4 : mask6;
  const masked = mask.map((bits, at) => (ip[at] ?? 0) & bits);
  masked[0] = (masked[0] ?? 0) | ((r & 7) << 5);
  return crc32c(masked);
}
