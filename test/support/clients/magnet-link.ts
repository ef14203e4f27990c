// Magnet links as other programs write them; not by our own code, which the tests are about.

import type { TestTracker } from "./test-tracker.ts";

/** A link of an info-hash, with a tracker's UDP address at the port of its `url`. @param infoHash Hexadecimal or base32. */
export function magnetOver(tracker: TestTracker, infoHash: string): string {
  const announce = tracker.url.replace(/^http:/, "udp:");
  return `magnet:?xt=urn:btih:${infoHash}&tr=${encodeURIComponent(announce)}`;
}
