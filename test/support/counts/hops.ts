// Messages and frames by the two threads between which they pass.

import type { ThreadCounts } from "./thread-hook.ts";

/** Counts by `FROM → TO`. */
export interface Hops {
  readonly messages: Readonly<Record<string, number>>;
  /** Posts that carry the messages of actors; tasks of a pool are posts of their own and count as messages only. */
  readonly frames: Readonly<Record<string, number>>;
}

/** Sums the counts of all threads over the names of messages. */
export function hopsOf(threads: readonly ThreadCounts[]): Hops {
  const messages: Record<string, number> = {};
  const frames: Record<string, number> = {};
  for (const { thread, messages: counts } of threads) {
    for (const { way, other, name, count } of counts) {
      const hop = way === "sent" ? `${thread} → ${other}` : `${other} → ${thread}`;
      const sums = name === "frame" ? frames : messages;
      sums[hop] = (sums[hop] ?? 0) + count;
    }
  }
  return { messages, frames };
}
