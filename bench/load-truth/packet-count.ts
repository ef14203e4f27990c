// Packets to and from a target, as nft counts them in this network name space.

import { runProcess } from "../../test/support/programs/process.ts";

const nft = { debianPackage: "nftables" };

/** Counts of packets. */
export interface PacketCounts {
  /** Datagrams to the target. */
  readonly asked: number;
  /** Datagrams from it. */
  readonly answered: number;
  /** SYN packets to the target. */
  readonly dialled: number;
}

/** Counts from now. Counters of earlier calls go. */
export async function countPackets(port: number): Promise<void> {
  const rules = [
    "flush ruleset",
    "add table inet truth",
    ...["asked", "answered", "dialled"].map((name) => `add counter inet truth ${name}`),
    "add chain inet truth came { type filter hook input priority 0; }",
    `add rule inet truth came udp dport ${port} counter name asked`,
    `add rule inet truth came udp sport ${port} counter name answered`,
    `add rule inet truth came tcp dport ${port} tcp flags & (syn | ack) == syn counter name dialled`,
  ];
  await runProcess(["nft", rules.join("\n")], nft);
}

/** @returns What was counted since. */
export async function countedPackets(): Promise<PacketCounts> {
  const lines = await runProcess(["nft", "--json", "list", "counters"], nft);
  const { nftables } = JSON.parse(lines.join("")) as {
    readonly nftables: readonly { readonly counter?: { name: string; packets: number } }[];
  };
  const of = (name: string): number =>
    nftables.find(({ counter }) => counter?.name === name)?.counter?.packets ?? 0;
  return { asked: of("asked"), answered: of("answered"), dialled: of("dialled") };
}
