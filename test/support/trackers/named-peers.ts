// Peers that hostile trackers name.

import type { PeerAddress } from "@troupe/protocol/address";

/** Addresses that no peer can have. */
export const impossiblePeers: readonly PeerAddress[] = [
  { host: "45.31.0.1", port: 0 },
  { host: "0.0.0.0", port: 6_881 },
  { host: "0.1.2.3", port: 6_881 },
  { host: "224.0.0.1", port: 6_881 },
  { host: "239.255.255.250", port: 6_881 },
  { host: "240.0.0.1", port: 6_881 },
  { host: "255.255.255.255", port: 6_881 },
];

/** Peers over IPv6 that no tracker may name. */
export const impossiblePeers6: readonly PeerAddress[] = [
  { host: "2a10::31", port: 0 },
  { host: "::", port: 6_881 },
  { host: "ff02::1", port: 6_881 },
];

/** Addresses of the client's machine and its network, which a tracker on the internet has no business with. */
export const localPeers: readonly PeerAddress[] = [
  { host: "127.0.0.1", port: 22 },
  { host: "10.0.0.1", port: 80 },
  { host: "172.16.0.1", port: 80 },
  { host: "192.168.0.1", port: 80 },
  { host: "169.254.169.254", port: 80 },
];

/** @returns So many different addresses on the internet, without a peer. */
export function deadPeers(count: number): PeerAddress[] {
  return Array.from({ length: count }, (_, n) => ({
    host: `45.30.${n >> 8}.${n & 255}`,
    port: 6_881,
  }));
}

/** Text that would move a terminal's cursor, turn its direction or fill a log. */
export const hostileText = `\u001b[2J\u001b]0;owned\u0007 go to \u202egpj.exe\u0000\r\nerror: ${"x".repeat(100_000)}`;
