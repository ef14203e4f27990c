// Magnet links as other programs write them; not by our own code, which the tests are about.

import type { TestTracker } from "./test-tracker.ts";

/** A link of an info-hash, with a tracker's UDP address at the port of its `url`. @param infoHash Hexadecimal or base32. */
export function magnetOver(tracker: TestTracker, infoHash: string): string {
  const announce = tracker.url.replace(/^http:/, "udp:");
  return `magnet:?xt=urn:btih:${infoHash}&tr=${encodeURIComponent(announce)}`;
}

/** A link of an info-hash with one peer and no tracker. */
export function magnetTo(host: string, port: number, infoHash: string): string {
  return `magnet:?xt=urn:btih:${infoHash}&x.pe=${host}:${port}`;
}

/** The base32 text of an info-hash of 40 hexadecimal digits. */
export function base32Of(infoHash: string): string {
  const bits = BigInt(`0x${infoHash}`);
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return Array.from(
    { length: 32 },
    (_, i) => digits[Number((bits >> BigInt(155 - 5 * i)) & 31n)],
  ).join("");
}
