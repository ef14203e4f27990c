// Counts of torrents at rest: a program may have thousands of them.

import test from "ava";
import { beyondBounds, eachAbove } from "../support/counts/beyond-bounds.ts";
import { idleBounds } from "../support/counts/bounds.ts";
import { countIdle } from "../support/counts/counted-idle.ts";
import type { HeldMemory } from "../support/counts/held-memory.ts";

const pieces = 64;
const [few, many] = [20, 120];
const seconds = 5;

test.serial("an idle torrent holds little memory in each thread", async (t) => {
  const beyond = await beyondBounds(async () => {
    const [before, after] = await Promise.all([
      countIdle({ torrents: few, pieces }, ["memory"]),
      countIdle({ torrents: many, pieces }, ["memory"]),
    ]);
    t.true(after.every(({ memory }) => bytesOf(memory, "heapBytes") > 0));
    const kinds = ["heapBytes", "bufferBytes", "sharedBytes"] as const;
    return kinds.flatMap((kind) => {
      const held = Object.fromEntries(
        after.map(({ thread, memory }, place) => {
          const added = bytesOf(memory, kind) - bytesOf(before[place]?.memory, kind);
          return [thread, added / (many - few)];
        }),
      );
      return eachAbove(kind, held, idleBounds[kind]);
    });
  });
  t.deepEqual(beyond, []);
});

test.serial("an idle torrent makes few objects a second", async (t) => {
  const beyond = await beyondBounds(async () => {
    const threads = await countIdle({ torrents: many, pieces }, ["objects"], seconds);
    const objects = Object.fromEntries(
      threads.map(({ thread, objects: made }) => [
        thread,
        made.reduce((sum, { objects: count }) => sum + count, 0) / seconds / many,
      ]),
    );
    return eachAbove("objects", objects, idleBounds.objectsASecond);
  });
  t.deepEqual(beyond, []);
});

function bytesOf(memory: HeldMemory | undefined, kind: keyof HeldMemory): number {
  return memory?.[kind] ?? 0;
}
