import test from "ava";
import { isExported } from "../../../src/api/state-file/state-paths.ts";

test("an export has the plain files of a state folder, and no path out of it", (t) => {
  for (const name of [
    "torrents/ab.torrent",
    "dht-nodes.json",
    "service/feeds/feed-1.json",
    "service/outbox.jsonl",
  ])
    t.true(isExported(name), name);
  for (const name of [
    "",
    "../a",
    "torrents/../../a",
    "/etc/passwd",
    "torrents//a",
    "a/b/c/d/e",
    "torrents/.hidden",
    "state.db",
    "state.db-wal",
    "state.db.damaged",
    "service/lock",
    "torrents/.torrent-1-a.tmp",
    "torrents/a.tmp",
    "a\\b",
  ])
    t.false(isExported(name), name);
});
