import { canonicalHost, parseDigits, parseIp } from "./ip-address.ts";
import type { PeerAddress } from "./peer-address.ts";

const defaultPort = 53;
const shape = /^(?:\[(?<bracketed>[^\]]*:[^\]]*)\]|(?<dotted>[\d.]+))(?::(?<digits>\d+))?$/u;

/**
 * @param text `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:5353`, as users write name
 *   servers and Node lists them; IPv6 also with a zone (`fe80::1%eth0`).
 * @returns The server, at port 53 where the text names none. Undefined for other text.
 */
export function parseNameServer(text: string): PeerAddress | undefined {
  const { bracketed, dotted, digits } = shape.exec(text)?.groups ?? {};
  const written = bracketed ?? dotted ?? text;
  const zoneAt = written.indexOf("%");
  const numeric = zoneAt < 0 ? written : written.slice(0, zoneAt);
  const zone = zoneAt < 0 ? "" : written.slice(zoneAt);
  const port = digits === undefined ? defaultPort : (parseDigits(digits, 10, 5) ?? 0);
  if (parseIp(numeric) === undefined || port < 1 || port > 65_535) return undefined;
  const host = canonicalHost(numeric);
  // A zone names the link of an IPv6 address.
  if (zoneAt >= 0 && (zone === "%" || !host.includes(":"))) return undefined;
  return { host: host + zone, port };
}
