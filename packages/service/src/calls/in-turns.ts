import type { Timers } from "@troupe/actor-runtime";

/** Items that are worked on in one turn of the thread: other calls must not wait for a long list. */
const itemsATurn = 250;

/** Calls `work` for each item, in order, and lets other calls of this thread have their turns meanwhile. */
export async function inTurns<Item>(
  timers: Pick<Timers, "after">,
  items: readonly Item[],
  work: (item: Item) => void,
): Promise<void> {
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % itemsATurn === 0) await giveWay(timers);
    work(item);
  }
}

/** The texts of items as UTF-8 in parts, with commas between the texts. */
export async function joinInTurns<Item>(
  timers: Pick<Timers, "after">,
  items: readonly Item[],
  textOf: (item: Item) => string,
): Promise<readonly Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for (let start = 0; start < items.length; start += itemsATurn) {
    if (start > 0) await giveWay(timers);
    const text = items
      .slice(start, start + itemsATurn)
      .map(textOf)
      .join(",");
    parts.push(Buffer.from(start > 0 ? `,${text}` : text));
  }
  return parts;
}

async function giveWay(timers: Pick<Timers, "after">): Promise<void> {
  const turn = Promise.withResolvers<void>();
  timers.after(0, () => turn.resolve());
  await turn.promise;
}
