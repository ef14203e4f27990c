import { canonicalHost, parseIp } from "./ip-address.ts";

/** An IPv6 address and its zone (RFC 4007), of the characters that Node takes. */
const zoned = /^(?<numeric>[^%]+)%(?<zone>[\d.:A-Za-z-]+)$/u;

/**
 * @param text An IPv4 or IPv6 address without brackets, IPv6 also with a zone: `fe80::1%eth0`.
 * @returns The address as `canonicalHost` has it, with its zone. Undefined for other text.
 */
export function parseNumericHost(text: string): string | undefined {
  const { numeric = text, zone } = zoned.exec(text)?.groups ?? {};
  if (parseIp(numeric) === undefined) return undefined;
  const host = canonicalHost(numeric);
  if (zone === undefined) return host;
  return host.includes(":") ? `${host}%${zone}` : undefined;
}
