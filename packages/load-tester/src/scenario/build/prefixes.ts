// Prefixes of addresses: the sources of peers.

import { parseIp } from "@troupe/protocol/address";
import { wrongValue } from "@troupe/yaml-file";

/** Lengths that a prefix may have. */
const prefixLengths = { 4: [8, 30], 6: [16, 112] } as const;

/** A prefix. */
interface Prefix {
  readonly family: 4 | 6;
  readonly length: number;
}

/** `10.77.0.0/16`, `fd00:77::/64`; undefined for other text and other lengths. */
function parsePrefix(text: string): Prefix | undefined {
  const [, host = "", digits = ""] = /^([\da-f.:]{2,39})\/(\d{1,3})$/i.exec(text) ?? [];
  const bytes = parseIp(host)?.length;
  if (bytes === undefined) return undefined;
  const family = bytes === 4 ? 4 : 6;
  const [least, most] = prefixLengths[family];
  const length = Number(digits);
  return length >= least && length <= most ? { family, length } : undefined;
}

/** Checks that the sources of a scenario have an address for each peer. @throws ContentFault */
export function checkSources(sources: string, peers: number): void {
  if (sources === "system") return;
  const prefix = parsePrefix(sources);
  if (prefix === undefined) {
    const allowed =
      "system, or a prefix such as 10.77.0.0/16 (length 8 to 30) or fd00:77::/64 (16 to 112)";
    throw wrongValue(["sources"], sources, allowed);
  }
  const usable = usableAddresses(prefix);
  if (peers <= usable) return;
  const allowed = `a prefix with an address for each of ${peers} peers (this one has ${usable}), or system`;
  throw wrongValue(["sources"], sources, allowed);
}

/** In IPv4 addresses that end in 0 or 255 are left out. */
function usableAddresses({ family, length }: Prefix): number {
  if (family === 6) return 2 ** (128 - length) - 1;
  const addresses = 2 ** (32 - length);
  return length > 24 ? addresses - 2 : (addresses / 256) * 254;
}
