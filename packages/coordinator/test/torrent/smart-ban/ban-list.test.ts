import test from "ava";
import { BanList } from "../../../src/torrent/smart-ban/ban-list.ts";

test("a ban has its end, and an address that is not banned has none", (t) => {
  const bans = new BanList();
  t.is(bans.endMs("8.0.0.1", 1), 0);
  bans.add("8.0.0.1", 1, 500);
  t.is(bans.endMs("8.0.0.1", 2), 3_600_500);
  t.is(bans.endMs("8.0.0.2", 1), 0);
});
