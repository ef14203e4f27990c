import test from "ava";
import { GroupLog, ListedGroups } from "../../src/qbittorrent/listed-groups.ts";
import { MaindataMemories } from "../../src/qbittorrent/maindata-memory.ts";
import { LiveView } from "../../src/view/torrent-view.ts";
import { MaskedView } from "../../src/view/masked-view.ts";
import { rowOf } from "../support/qbittorrent-client.ts";

test("a log has the tags that came and went, with what was there first", (t) => {
  const lists = new ListedGroups();
  const log = new GroupLog();
  const [before, now] = [rowOf("01", { labels: ["x", "y"] }), rowOf("01", { labels: ["y", "z"] })];
  lists.replace(undefined, before, new GroupLog());
  lists.replace(before, now, log);
  t.deepEqual([...log.tags].toSorted(), [
    ["x", true],
    ["z", false],
  ]);
  t.deepEqual(lists.tags.names, ["y", "z"]);
  lists.replace(now, undefined, log);
  t.false(log.tags.get("z"));
  t.deepEqual(lists.tags.names, []);
  t.deepEqual(lists.trackers.names, []);
});

test("a tag that another torrent has stays", (t) => {
  const lists = new ListedGroups();
  const rows = [rowOf("01", { labels: ["x"] }), rowOf("02", { labels: ["x"] })];
  for (const row of rows) lists.replace(undefined, row, new GroupLog());
  lists.replace(rows[0], undefined, new GroupLog());
  t.deepEqual(lists.tags.of("x"), [rows[1]?.torrent]);
});

test("logs that follow each other tell what was there at the first", (t) => {
  const [first, second] = [new GroupLog(), new GroupLog()];
  first.tags.set("x", false);
  second.tags.set("x", true).set("y", true);
  first.follow(second);
  t.deepEqual(
    [...first.tags],
    [
      ["x", false],
      ["y", true],
    ],
  );
});

test("callers that may only read have a memory without the secrets of others", (t) => {
  const view = new LiveView();
  const trackers = [["http://tracker.example/announce?passkey=0123456789abcdef0123456789abcdef"]];
  view.apply({ version: 1, rows: [rowOf("01", { trackers })], removed: [], isWhole: true }, 0);
  const masked = new MaskedView(view);
  const memories = new MaindataMemories();
  for (const each of [view, masked]) memories.of(each).keep(each);
  t.deepEqual(memories.of(view).lists.trackers.names, trackers[0]);
  const [shown = ""] = memories.of(masked).lists.trackers.names;
  t.false(shown.includes("0123456789abcdef"));
});
