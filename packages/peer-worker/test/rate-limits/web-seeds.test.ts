import test from "ava";
import { RateShare } from "@troupe/messages";

import { openScene, seedUrl } from "../support/web-seed-scene.ts";

const block = 16_384;
const piece = 2 * block;

test("D10: a web seed is asked for ranges of the bytes granted, which return when it is closed", async (t) => {
  const { bench, torrent, client } = await openScene("....", [
    { path: "a", lengthBytes: 4 * piece },
  ]);
  const share = new RateShare();
  share.down.setRates(1_000_000, 0);
  await bench.send("set-limits", { limits: share.memory });
  await bench.lease(torrent, [0, 1, 2, 3]);
  t.deepEqual(client.asked, []);
  share.down.grant(3 * block);
  await bench.advance(25);
  t.deepEqual(client.asked, [`${seedUrl}a 0-${3 * block}`]);
  t.is(share.down.grantedBytes, 0);
  await bench.send("close-peer", { torrent: torrent.id, peer: 0 as never, reason: "over-limit" });
  t.is(share.down.grantedBytes, 3 * block);
});
