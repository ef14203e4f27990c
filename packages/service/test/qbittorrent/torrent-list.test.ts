import test from "ava";
import type { TorrentRow } from "../../src/view/torrent-row.ts";
import { hashOf, QbittorrentClient, rowOf } from "../support/qbittorrent-client.ts";

const incomplete = { isComplete: false, isSeed: false } as const;
const rows: readonly TorrentRow[] = [
  rowOf("01", { name: "c", state: "active", upBytesPerSecond: 5, labels: ["x"], group: "films" }),
  rowOf("02", { name: "a", state: "active", ...incomplete, downBytesPerSecond: 9 }),
  rowOf("03", { name: "b", state: "stopped", labels: ["x", "y"] }),
  rowOf("04", { name: "e", state: "stopped", ...incomplete, group: "films" }),
  rowOf("05", { name: "d", state: "active", ...incomplete }),
  rowOf("06", { name: "f", state: "active", ...incomplete, upBytesPerSecond: 3 }),
  rowOf("07", { name: "g", state: "error", fault: { code: "disk-full", message: "full" } }),
  rowOf("08", { name: "h", state: "checking" }),
  rowOf("09", { name: "i", state: "queued" }),
  rowOf("10", { name: "j", state: "starting", ...incomplete }),
  rowOf("11", { name: "k", state: "metadata", ...incomplete, hasMetadata: false }),
];

/** The first two digits of the torrents that a list has. */
async function listed(query: Readonly<Record<string, string>>): Promise<string> {
  const { json } = await new QbittorrentClient(rows).get("torrents/info", query);
  return json.map(({ hash }: { hash: string }) => hash.slice(0, 2)).join(" ");
}

const all = "01 02 03 04 05 06 07 08 09 10 11";
const filters: Readonly<Record<string, string>> = {
  all,
  downloading: "02 04 05 06 11",
  seeding: "01 08 09",
  completed: "01 03 08 09",
  paused: "03 04",
  stopped: "03 04",
  resumed: "01 02 05 06 07 08 09 10 11",
  running: "01 02 05 06 07 08 09 10 11",
  active: "01 02 06 11",
  inactive: "03 04 05 07 08 09 10",
  stalled: "05 06",
  stalled_uploading: "",
  stalled_downloading: "05 06",
  checking: "08 10",
  moving: "",
  errored: "07",
  "no such filter": all,
};

for (const [filter, expected] of Object.entries(filters))
  test(`the filter ${filter} shows ${expected || "nothing"}`, async (t) => {
    t.is(await listed({ filter }), expected);
  });

test("a category and a tag choose torrents, and empty ones those without", async (t) => {
  t.is(await listed({ category: "films" }), "01 04");
  t.is(await listed({ category: "" }), "02 03 05 06 07 08 09 10 11");
  t.is(await listed({ category: "none" }), "");
  t.is(await listed({ tag: "x" }), "01 03");
  t.is(await listed({ tag: "" }), "02 04 05 06 07 08 09 10 11");
  t.is(await listed({ tag: "x", category: "films", filter: "seeding" }), "01");
});

test("info-hashes choose torrents in any case, and unknown ones are left out", async (t) => {
  const hashes = `${hashOf("03").toUpperCase()}|${hashOf("aa")}|x||${hashOf("01")}`;
  t.is(await listed({ hashes }), "01 03");
  t.is(await listed({ hashes: "all" }), "");
  t.is(await listed({ hashes: "" }), all);
});

test("a list is sorted by any field, in both directions", async (t) => {
  t.is(await listed({ sort: "name" }), "02 03 01 05 04 06 07 08 09 10 11");
  t.is(await listed({ sort: "name", reverse: "true" }), "11 10 09 08 07 06 04 05 01 03 02");
  t.is((await listed({ sort: "dlspeed", reverse: "true" })).slice(0, 2), "02");
  t.is(await listed({ sort: "hash", reverse: "TRUE" }), all.split(" ").toReversed().join(" "));
});

test("a sort by no field is refused with 400, but for an empty list", async (t) => {
  const client = new QbittorrentClient(rows);
  t.is((await client.get("torrents/info", { sort: "nope" })).status, 400);
  t.is((await client.get("torrents/info", { sort: "constructor" })).status, 400);
  t.is((await new QbittorrentClient().get("torrents/info", { sort: "nope" })).text, "[]");
});

test("a page begins at the offset, counted from the end if negative", async (t) => {
  t.is(await listed({ limit: "2" }), "01 02");
  t.is(await listed({ limit: "2", offset: "3" }), "04 05");
  t.is(await listed({ offset: "-2" }), "10 11");
  t.is(await listed({ limit: "1", offset: "-2" }), "10");
  t.is(await listed({ limit: "1", offset: "99" }), "01");
  t.is(await listed({ limit: "1", offset: "-99" }), "01");
  t.is(await listed({ limit: "-1", offset: "x" }), all);
});

test("a list comes from the view, without any other call", async (t) => {
  const client = new QbittorrentClient(rows);
  t.is((await client.post("torrents/info")).json.length, rows.length);
  t.deepEqual(client.calls.made, []);
});
