import type { PeersByGroup } from "../generator/generators.ts";
import type { ThreadWindow } from "./measures.ts";

/** Peers that had a connection, or were about to, by group. */
export function presentPeers(gauges: ThreadWindow["gauges"]): PeersByGroup {
  return Object.fromEntries(
    Object.entries(gauges).map(([group, { connecting, open, unchoked, complete }]) => [
      group,
      connecting + open + unchoked + complete,
    ]),
  );
}

/** @returns The peers of all groups. */
export function allPeers(peers: PeersByGroup): number {
  return Object.values(peers).reduce((sum, count) => sum + count, 0);
}
