import { readUint32 } from "../bytes/byte-order.ts";
import { ProtocolError } from "../errors.ts";
import {
  formatIp,
  ip4Number,
  isMapped,
  parseDigits,
  parseIp,
  startsWithZeros,
} from "./ip-address.ts";
import type { PeerAddress } from "./peer-address.ts";

/**
 * `local`: loopback, private, link-local, carrier-grade NAT, and hosts of clouds. `internet`: all other unicast addresses. `refused`:
 * unspecified, multicast, broadcast and reserved addresses, protocol assignments, and other text.
 */
export type AddressClass = "local" | "internet" | "refused";

/**
 * @param host An IPv4 or IPv6 address, its zone (`%eth0`) ignored. Names are `refused`: resolve first.
 * @returns The class; of an IPv6 address that contains an IPv4 address (mapped, compatible, NAT64, 6to4), the class of
 *   that.
 */
export function classifyAddress(host: string): AddressClass {
  // For each datagram that comes: no memory is allocated.
  const ip4 = ip4Number(host);
  if (ip4 !== undefined) return classIn(ip4Ranges, ip4);
  const zone = host.indexOf("%");
  const bytes = parseIp(zone > 0 && host.includes(":") ? host.slice(0, zone) : host);
  return bytes === undefined ? "refused" : classifyIp6(bytes);
}

/** @param ip4 The address as a number of 32 bits. @returns The class by {@link classifyAddress}. */
export function classifyIp4(ip4: number): AddressClass {
  return classIn(ip4Ranges, ip4);
}

/**
 * @returns The key of a subscriber: an IPv4 address, also for an IPv6 address that contains it, or an IPv6 /64.
 *   Undefined for local addresses, which many clients share.
 */
export function subscriberOf(host: string): string | undefined {
  const number = ip4Number(host);
  if (number !== undefined) return classIn(ip4Ranges, number) === "internet" ? host : undefined;
  const bytes = parseIp(host);
  if (bytes === undefined || classifyIp6(bytes) !== "internet") return undefined;
  const ip4 = embeddedIp4(bytes);
  if (ip4 !== undefined) return formatIp(ip4);
  return `${readUint32(bytes, 0)}:${readUint32(bytes, 4)}`;
}

/** @returns Whether an IPv4 or IPv6 address, mapped ones included, is this machine's own loopback. */
export function isLoopbackAddress(host: string): boolean {
  const bytes = parseIp(host);
  if (bytes === undefined) return false;
  if (bytes.length === 4) return bytes[0] === 127;
  if (isMapped(bytes)) return bytes[12] === 127;
  return startsWithZeros(bytes, 15) && bytes[15] === 1;
}

/** @returns Whether an address belongs to a private network: 10/8, 172.16/12, 192.168/16 or fc00::/7. */
export function isPrivateAddress(host: string): boolean {
  const bytes = parseIp(host);
  if (bytes === undefined) return false;
  if (bytes.length === 16) return ((bytes[0] ?? 0) & 0xfe) === 0xfc;
  const [first, second = 0] = bytes;
  if (first === 172) return second >= 16 && second < 32;
  return first === 10 || (first === 192 && second === 168);
}

/** Whether an address is one of a local network: private or link-local. */
export function isNeighbourAddress(host: string): boolean {
  return isPrivateAddress(host) || /^(?:169\.254\.|fe[89ab])/i.test(host);
}

/** @returns The key of a network: an IPv4 /24 or an IPv6 /48, local or not. The text itself for anything but an address. */
export function networkOf(host: string): string {
  const bytes = parseIp(host);
  if (bytes === undefined) return host;
  if (bytes.length === 4) return bytes.subarray(0, 3).join(".");
  return isMapped(bytes) ? bytes.subarray(12, 15).join(".") : bytes.subarray(0, 6).join(":");
}

/** `1.2.3.4:6881` or `[2001:db8::1]:6881`, also as a key. */
export function addressKey(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** First four bytes, significant bits, class of ranges outside the internet. */
type AddressRanges = readonly (readonly [first: number, bits: number, AddressClass])[];

const ip4Ranges: AddressRanges = [
  [0x00_00_00_00, 8, "refused"], // 0.0.0.0/8: this network
  [0x0a_00_00_00, 8, "local"], // 10.0.0.0/8: private
  [0x64_40_00_00, 10, "local"], // 100.64.0.0/10: carrier-grade NAT
  [0x7f_00_00_00, 8, "local"], // 127.0.0.0/8: loopback
  [0xa8_3f_81_10, 32, "local"], // 168.63.129.16: the host of a virtual machine in Azure
  [0xa9_fe_00_00, 16, "local"], // 169.254.0.0/16: link-local, and the metadata services of clouds
  [0xac_10_00_00, 12, "local"], // 172.16.0.0/12: private
  [0xc0_00_00_00, 24, "refused"], // 192.0.0.0/24: protocol assignments
  [0xc0_a8_00_00, 16, "local"], // 192.168.0.0/16: private
  [0xe0_00_00_00, 3, "refused"], // 224.0.0.0/3: multicast, reserved, broadcast
];

const ip6Ranges: AddressRanges = [
  [0xfc_00_00_00, 7, "local"], // fc00::/7: unique local
  [0xfe_80_00_00, 9, "local"], // fe80::/10: link-local; fec0::/10: site-local
  [0xff_00_00_00, 8, "refused"], // ff00::/8: multicast
];

/** 64:ff9b:1::/48: a translator of the local network, which may lead to any of its addresses (RFC 8215). */
const localNat64Prefix = Uint8Array.of(0, 0x64, 0xff, 0x9b, 0, 1);
const nat64Prefix = Uint8Array.of(0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0);

/** @param start The first four bytes of the address. */
function classIn(ranges: AddressRanges, start: number): AddressClass {
  for (const [first, bits, addressClass] of ranges) {
    if ((start ^ first) >>> (32 - bits) === 0) return addressClass;
  }
  return "internet";
}

/**
 * @param bytes An IPv6 address, 16 bytes.
 * @returns The IPv4 address in it (mapped, compatible, NAT64, 6to4), a view of 4 bytes.
 */
export function embeddedIp4(bytes: Uint8Array): Uint8Array | undefined {
  // 6to4 has the IPv4 address after the prefix, the others at the end.
  if (bytes[0] === 0x20 && bytes[1] === 0x02) return bytes.subarray(2, 6);
  if (bytes[0] !== 0) return undefined;
  const isNat64 = Buffer.compare(bytes.subarray(0, 12), nat64Prefix) === 0;
  return isMapped(bytes) || isNat64 || isCompatible(bytes) ? bytes.subarray(12) : undefined;
}

/** `::` and `::1` look like such addresses, and are none. */
function isCompatible(bytes: Uint8Array): boolean {
  return startsWithZeros(bytes, 12) && !(startsWithZeros(bytes, 15) && (bytes[15] ?? 0) <= 1);
}

function classifyIp6(bytes: Uint8Array): AddressClass {
  if (startsWithZeros(bytes, 15) && (bytes[15] ?? 0) <= 1) {
    return bytes[15] === 1 ? "local" : "refused";
  }
  const ip4 = embeddedIp4(bytes);
  if (ip4 !== undefined) return classIn(ip4Ranges, readUint32(ip4, 0));
  if (Buffer.compare(bytes.subarray(0, 6), localNat64Prefix) === 0) return "local";
  return classIn(ip6Ranges, readUint32(bytes, 0));
}

/** @returns Whether the text is an IPv4 or IPv6 address without brackets, or may be a host's name. */
export function isHostText(text: string): boolean {
  return text.includes(":") ? parseIp(text)?.length === 16 : isNameText(text);
}

function isNameText(text: string): boolean {
  return /^[\w.-]{1,253}$/.test(text);
}

/**
 * Reads `192.0.2.7:6881`, `[2001:db8::1]:6881`, `example.org:6881`.
 *
 * @returns The host as written, without brackets, and the port, 1 to 65,535.
 * @throws {ProtocolError} `address-malformed`.
 */
export function parseHostPort(text: string): PeerAddress {
  const colon = text.lastIndexOf(":");
  const host = text.slice(0, Math.max(0, colon));
  const port = parseDigits(text.slice(colon + 1), 10, 5) ?? 0;
  const isBracketed = host.startsWith("[") && host.endsWith("]");
  const bare = isBracketed ? host.slice(1, -1) : host;
  const isHostSound = isBracketed ? parseIp(bare)?.length === 16 : isNameText(bare);
  if (colon < 0 || port < 1 || port > 65_535 || !isHostSound) {
    throw new ProtocolError("address-malformed", {
      operation: "parse-address",
      message: `cannot read an address from ${text.length} characters: it is host:port or [IPv6]:port, the port 1 to 65535`,
      details: { text: text.slice(0, 100) },
    });
  }
  return { host: bare, port };
}
