// Web seeds in the sentences of `why()`.

import type { WhyInput } from "./why.ts";

type WebSeedInput = Pick<WhyInput["webSeeds"], "total" | "error">;

/** The end of a sentence about peers: why the web seeds do not help. Empty if nothing is wrong with them. */
export function alsoWebSeeds({ total, error }: WebSeedInput): string {
  if (error === undefined) return "";
  return `, and ${total === 1 ? "the one web seed is" : "the web seeds are"} not used: ${error}`;
}

/** Peers and web seeds that send. @param sending With the web seeds. */
export function spellSenders(sending: number, sendingWebSeeds: number): string {
  const spell = (count: number, one: string): string =>
    count === 1 ? `the ${one}` : `${count} ${one}s`;
  const peers = sending - sendingWebSeeds;
  if (sendingWebSeeds === 0) return spell(peers, "peer");
  const webSeeds = spell(sendingWebSeeds, "web seed");
  return peers === 0 ? webSeeds : `${spell(peers, "peer")} and ${webSeeds}`;
}
