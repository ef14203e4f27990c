// The network of one measurement, which no other process uses: addresses on loopback, a filter that drops packets to
// some of them, and the kernel's own counts.

import { readFileSync } from "node:fs";
import { runProcess } from "../../test/support/programs/process.ts";
import { bringUpLoopback } from "../support/own-network.ts";

/** Where the tracker is. */
export const trackerHost = "203.0.113.1";
/** Where the only good peer is. */
export const goodHost = "203.0.113.9";
/** SYN_SENT of the kernel. */
const synSent = 0x02;

/** The n-th address where nobody listens. */
export const refusingHost = (n: number): string => `198.18.${n >> 8}.${n & 255}`;
/** The n-th address that never answers. */
export const blackHoleHost = (n: number): string => `198.19.${n >> 8}.${n & 255}`;

const rules = `
flush ruleset
table inet dead {
  counter refused {}
  counter good {}
  set dialled { type ipv4_addr; size 65536; flags dynamic; }
  chain input {
    type filter hook input priority 0;
    tcp flags & (syn | ack) == syn ip daddr 198.18.0.0/16 counter name refused
    tcp flags & (syn | ack) == syn ip daddr ${goodHost} counter name good
    ip daddr 198.19.0.0/16 tcp flags & (syn | ack) == syn add @dialled { ip daddr }
    ip daddr 198.19.0.0/16 drop
  }
}
`;

/** Gives the network its addresses and its filter, with all counts at zero. */
export async function setUpNetwork(): Promise<void> {
  await bringUpLoopback(["203.0.113.1/24", "198.18.0.1/16", "198.19.0.1/16"]);
  await runProcess(["nft", rules], { debianPackage: "nftables" });
}

/** Dials that the kernel has counted since {@link setUpNetwork}. */
export async function dialCounts(): Promise<{
  readonly refused: number;
  readonly blackHolesDialled: number;
  readonly goodDialled: number;
}> {
  const lines = await runProcess(["nft", "--json", "list", "ruleset"]);
  const { nftables } = JSON.parse(lines.join("")) as { nftables: readonly NftItem[] };
  const packets = (name: string): number =>
    nftables.find(({ counter }) => counter?.name === name)?.counter?.packets ?? 0;
  const dialled = nftables.find(({ set }) => set?.name === "dialled")?.set?.elem ?? [];
  return {
    refused: packets("refused"),
    blackHolesDialled: dialled.length,
    goodDialled: packets("good"),
  };
}

interface NftItem {
  readonly counter?: { readonly name: string; readonly packets: number };
  readonly set?: { readonly name: string; readonly elem?: readonly unknown[] };
}

/**
 * Connections that wait for an answer to their first packet, all at one moment: those that two lists in a row name. One
 * list alone is made bit by bit, and names some that were gone before others began.
 */
export function halfOpenCount(): number {
  const before = new Set(halfOpen());
  return [...new Set(halfOpen())].filter((connection) => before.has(connection)).length;
}

/** Both addresses of each, as the kernel writes them. */
function halfOpen(): string[] {
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) =>
    readFileSync(file, "latin1")
      .split("\n")
      .slice(1)
      .flatMap((line) => {
        const [, local, remote, state = ""] = line.trim().split(/\s+/u);
        return Number.parseInt(state, 16) === synSent ? [`${local} ${remote}`] : [];
      }),
  );
}
