import type { Random } from "@troupe/actor-runtime";

/** The items in an order of chance. */
export function shuffled<Item>(items: readonly Item[], random: Pick<Random, "integer">): Item[] {
  const list = [...items];
  for (let end = list.length; end > 1; end--) {
    const at = random.integer(end);
    const last = list[end - 1] as Item;
    list[end - 1] = list[at] as Item;
    list[at] = last;
  }
  return list;
}
