import test from "ava";
import { detailsOf } from "../../src/display/details.ts";
import { peerLines } from "../../src/display/peer-lines.ts";
import type { Style } from "../../src/display/style.ts";
import { torrentStatus } from "../support/details.ts";

const unicode: Style = { usesUnicode: true, usesColour: false };
const { peers } = detailsOf(torrentStatus());

for (const [columns, expected] of [
  [
    39,
    [
      "peer                  has           ↓",
      "192.0.2.7:6881      100 %  1.00 MiB/s",
      "[2001:db8::7]:6881  100 %",
    ],
  ],
  [
    79,
    [
      "flag  peer                client                    has           ↓           ↑",
      "D     192.0.2.7:6881      libtorrent 2.0.8        100 %  1.00 MiB/s",
      "d     [2001:db8::7]:6881  qBittorrent 5.0.0       100 %",
    ],
  ],
  [
    159,
    [
      "flag  peer                client                            has           ↓           ↑  asked     trip",
      "D     192.0.2.7:6881      libtorrent 2.0.8                100 %  1.00 MiB/s                 12    34 ms",
      "d     [2001:db8::7]:6881  qBittorrent 5.0.0               100 %                             12    34 ms",
    ],
  ],
] as const) {
  test(`peers on a terminal of ${columns + 1} columns`, (t) => {
    t.deepEqual(peerLines(peers, columns, unicode), expected);
  });
}
