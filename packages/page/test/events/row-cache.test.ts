import test from "ava";
import { RowCache } from "../../src/events/row-cache.ts";
import { givenRow, hashOf } from "../support/list-rows.ts";

const row = (number: number, name: string) => givenRow({ torrent: hashOf(number), name });
const names = ({ rows }: RowCache): string[] => [...rows].map(({ name }) => name);

test("G12 a page does not take back what an event has said since the load began", (t) => {
  const cache = new RowCache();
  cache.beginLoad();
  cache.takeChanges([row(1, "new")], [hashOf(2)]);
  t.deepEqual(cache.takePage([row(1, "old"), row(2, "gone"), row(3, "three")]).rows.length, 1);
  cache.endLoad();
  t.deepEqual(names(cache), ["new", "three"]);
});

test("G12 a load drops the rows that are gone", (t) => {
  const cache = new RowCache();
  cache.takeChanges([row(1, "one"), row(2, "two"), row(3, "three")], []);
  cache.beginLoad();
  cache.takePage([row(1, "one")]);
  cache.takeChanges([row(3, "three again")], []);
  t.deepEqual(cache.endLoad(), { rows: [], removed: [hashOf(2)] });
  t.deepEqual(names(cache), ["one", "three again"]);
});

test("G12 a second load begins with nothing of the first, which was cut off", (t) => {
  const cache = new RowCache();
  cache.beginLoad();
  cache.takePage([row(1, "one"), row(2, "two")]);
  cache.beginLoad();
  cache.takePage([row(2, "two")]);
  t.deepEqual(cache.endLoad().removed, [hashOf(1)]);
});

test("G12 a caller who may no longer see rows leaves none behind", (t) => {
  const cache = new RowCache();
  cache.beginLoad();
  cache.takeChanges([row(1, "one")], []);
  cache.clear();
  t.deepEqual(names(cache), []);
  t.deepEqual(cache.endLoad(), { rows: [], removed: [] });
});

test("G12 changes after a load are kept as they come", (t) => {
  const cache = new RowCache();
  cache.beginLoad();
  cache.endLoad();
  cache.takeChanges([row(1, "one")], []);
  cache.takeChanges([], [hashOf(1)]);
  t.deepEqual(names(cache), []);
  t.is(cache.row(hashOf(1)), undefined);
});
