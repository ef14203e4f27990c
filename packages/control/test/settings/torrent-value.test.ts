import test from "ava";
import { torrentValue } from "../../src/settings/torrent-value.ts";

test("a torrent follows its engine in settings of both levels alone", (t) => {
  const engine = { maxPeers: 50, "limits.down": 9_000 };
  t.is(torrentValue("maxPeers", {}, engine), 50);
  t.is(torrentValue("maxPeers", { maxPeers: 7 }, engine), 7);
  t.is(torrentValue("maxPeers", {}, {}), 200);
  t.is(torrentValue("limits.down", {}, engine), 0);
});
