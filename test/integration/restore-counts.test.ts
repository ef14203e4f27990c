// Counts of a restart, which noise of the machine cannot hide: what 500 torrents cost is what a torrent costs.

import test from "ava";
import { beyondBounds, eachAbove } from "../support/counts/beyond-bounds.ts";
import { restoreBounds } from "../support/counts/bounds.ts";
import { countRestore } from "../support/counts/counted-restore.ts";
import { hopsOf } from "../support/counts/hops.ts";

const torrents = 100;

for (const pieces of [200, 2_000]) {
  test.serial(
    `E05: a restore sends few messages a torrent, and none to hash one of its ${pieces} pieces`,
    async (t) => {
      const beyond = await beyondBounds(async () => {
        const { messages } = hopsOf(await countRestore({ torrents, pieces }, ["messages"]));
        // The count sees what it is to bound: each torrent is added, and its files are looked at.
        t.true((messages["main → engine"] ?? 0) >= torrents);
        t.true((messages["engine → file-0"] ?? 0) >= torrents);
        const aTorrent = Object.entries(messages).map(([hop, sent]) => [hop, sent / torrents]);
        return eachAbove("messages", Object.fromEntries(aTorrent), restoreBounds.messages);
      });
      t.deepEqual(beyond, []);
    },
  );
}
