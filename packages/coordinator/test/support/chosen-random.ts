import type { Random } from "@troupe/actor-runtime";

/** `integer` gives the numbers of `integers` in order, then 0; `next` gives 0.5. */
export function chosenRandom(...integers: readonly number[]): Random & { calls: number } {
  let at = 0;
  return {
    get calls() {
      return at;
    },
    next: () => 0.5,
    integer: (below) => (integers[at++] ?? 0) % below,
    bytes: (lengthBytes) => new Uint8Array(lengthBytes),
  };
}
