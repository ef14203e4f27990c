import test from "ava";
import type { FeedMessage } from "../../src/events/feed-messages.ts";
import { RowCache } from "../../src/events/row-cache.ts";
import { TabList } from "../../src/events/tab-list.ts";
import { givenRow, hashOf } from "../support/list-rows.ts";

function makeTabs(count: number) {
  const cache = new RowCache();
  const torrents = Array.from({ length: count }, (_, index) =>
    givenRow({ torrent: hashOf(index) }),
  );
  cache.takeChanges(torrents, []);
  const tabs = new TabList<string>(cache);
  const got: FeedMessage[] = [];
  const change = (names: readonly number[], removed: readonly number[] = []): void => {
    const rows = names.map((number) =>
      givenRow({ torrent: hashOf(number), name: `new ${number}` }),
    );
    tabs.send({ kind: "rows", ...cache.takeChanges(rows, removed.map(hashOf)), isAnew: false });
  };
  return { tabs, got, change };
}

const rowCounts = (messages: readonly FeedMessage[]): (number | string)[] =>
  messages.map((message) => (message.kind === "rows" ? message.rows.length : message.kind));

test("G12 a new tab gets all rows, 500 a message, the first of which begins anew", (t) => {
  const { got, tabs } = makeTabs(1_201);
  tabs.add("a", (message) => got.push(message));
  t.deepEqual(rowCounts(got), [500, 500, 201]);
  t.deepEqual(
    got.map((message) => message.kind === "rows" && message.isAnew),
    [true, false, false],
  );
});

test("G12 a hidden tab gets nothing but the connection; shown again, it gets the last state of what changed", (t) => {
  const { change, got, tabs } = makeTabs(5);
  tabs.add("a", (message) => got.push(message));
  tabs.setShown("a", false);
  got.length = 0;
  change([1, 2]);
  change([2], [3]);
  tabs.send({ kind: "note", event: "worker", data: {} });
  tabs.send({ kind: "connection", connection: "lost" });
  t.deepEqual(rowCounts(got), ["connection"]);
  tabs.setShown("a", true);
  const last = got.at(-1);
  t.true(last?.kind === "rows");
  if (last?.kind !== "rows") return;
  t.deepEqual(
    last.rows.map(({ name }) => name),
    ["new 1", "new 2"],
  );
  t.deepEqual(last.removed, [hashOf(3)]);
  t.false(last.isAnew);
});

test("G12 a tab that said goodbye gets nothing", (t) => {
  const { change, got, tabs } = makeTabs(1);
  tabs.add("a", (message) => got.push(message));
  tabs.remove("a");
  change([0]);
  t.deepEqual(rowCounts(got), [1]);
});
