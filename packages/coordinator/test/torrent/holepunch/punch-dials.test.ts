import test from "ava";
import type { TorrentId } from "@troupe/messages";

import { type PunchDial, PunchDials } from "../../../src/torrent/holepunch/punch-dials.ts";

const torrent = 1 as TorrentId;
const port = 6_881;

function dialOf(host: string): PunchDial {
  return { torrent, host, port, source: "pex-internet", origin: "pex relay", dialKey: host };
}

test("a dial by order is known until it has ended, by torrent, host and port", (t) => {
  const dials = new PunchDials();
  const dial = dialOf("8.0.0.9");
  dials.add(dial, 0);
  t.true(dials.has(torrent, "8.0.0.9", port));
  t.false(dials.has(torrent, "8.0.0.9", port + 1));
  t.false(dials.has(2 as TorrentId, "8.0.0.9", port));
  t.is(dials.take(torrent, "8.0.0.9", port), dial);
  t.false(dials.has(torrent, "8.0.0.9", port));
  t.is(dials.take(torrent, "8.0.0.9", port), undefined);
});

test("dials of a worker that crashed are forgotten a minute later, when the next one begins", (t) => {
  const dials = new PunchDials();
  dials.add(dialOf("8.0.0.1"), 0);
  dials.add(dialOf("8.0.0.2"), 30_000);
  dials.add(dialOf("8.0.0.3"), 59_999);
  t.true(dials.has(torrent, "8.0.0.1", port));
  dials.add(dialOf("8.0.0.4"), 60_000);
  t.false(dials.has(torrent, "8.0.0.1", port));
  for (const host of ["8.0.0.2", "8.0.0.3", "8.0.0.4"]) t.true(dials.has(torrent, host, port));
});
