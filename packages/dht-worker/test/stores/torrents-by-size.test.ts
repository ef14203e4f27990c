import test from "ava";
import fc from "fast-check";

import { type Sized, TorrentsBySize } from "../../src/stores/torrents-by-size.ts";

test("the largest and the smallest torrent are found, of several the one that changed longest ago", (t) => {
  const change = fc.record({ torrent: fc.nat(9), peerCount: fc.nat(6) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 100 }), (changes) => {
      const bySize = new TorrentsBySize<Sized>();
      const torrents = Array.from({ length: 10 }, () => ({ peerCount: 0, changedAt: -1 }));
      for (const [at, { torrent: number, peerCount }] of changes.entries()) {
        const torrent = torrents[number];
        if (torrent === undefined) continue;
        bySize.place(torrent, peerCount);
        torrent.changedAt = at;
        const ordered = torrents
          .filter((one) => one.peerCount > 0)
          .toSorted((a, b) => a.peerCount - b.peerCount || a.changedAt - b.changedAt);
        const most = ordered.at(-1)?.peerCount;
        t.is(bySize.smallest(), ordered[0]);
        t.is(
          bySize.largest(),
          ordered.find((one) => one.peerCount === most),
        );
      }
    }),
    { numRuns: 100 },
  );
});
