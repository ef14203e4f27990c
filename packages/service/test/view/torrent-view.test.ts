import test from "ava";
import { LiveView } from "../../src/view/torrent-view.ts";
import { exampleRow } from "../support/example-row.ts";

const [one, two] = ["11".repeat(20), "22".repeat(20)];
const row = (torrent: string, name = "a"): ReturnType<typeof exampleRow> =>
  exampleRow({ torrent, name });

test("a delta has the rows that changed after a version, and the removals", (t) => {
  const view = new LiveView();
  view.apply({ version: 5, rows: [row(one), row(two)], removed: [], isWhole: true }, 0);
  view.apply({ version: 6, rows: [row(one, "b")], removed: [two] }, 0);
  t.deepEqual(view.since(5), { rows: [row(one, "b")], removed: [two] });
  t.deepEqual(view.since(6), { rows: [], removed: [] });
  t.deepEqual(view.rows, [row(one, "b")]);
});

test("a row that is equal to the known one is no change", (t) => {
  const view = new LiveView();
  const labelled = exampleRow({ labels: ["x"], settings: { goals: { ratio: 2 } } });
  view.apply({ version: 1, rows: [labelled], removed: [] }, 0);
  view.apply({ version: 2, rows: [structuredClone(labelled)], removed: [] }, 0);
  t.deepEqual(view.since(1)?.rows, []);
  view.apply({ version: 3, rows: [{ ...labelled, labels: ["x", "y"] }], removed: [] }, 0);
  t.is(view.since(2)?.rows.length, 1);
});

test("a version of before the view, and one of the future, are not known", (t) => {
  const view = new LiveView();
  view.apply({ version: 100, rows: [row(one)], removed: [], isWhole: true }, 0);
  t.is(view.since(99), undefined);
  t.is(view.since(101), undefined);
  t.is(view.since(Number.NaN), undefined);
});

test("whole changes remove the torrents without a row, and keep the order of the others", (t) => {
  const view = new LiveView();
  view.apply({ version: 1, rows: [row(one), row(two)], removed: [] }, 0);
  view.apply({ version: 2, rows: [row(two)], removed: [], isWhole: true }, 0);
  t.deepEqual(view.rows, [row(two)]);
  t.deepEqual(view.since(1), { rows: [], removed: [one] });
});

test("a torrent that comes back is no removal any more", (t) => {
  const view = new LiveView();
  view.apply({ version: 1, rows: [row(one)], removed: [] }, 0);
  view.apply({ version: 2, rows: [], removed: [one] }, 0);
  view.apply({ version: 3, rows: [row(one)], removed: [] }, 0);
  t.deepEqual(view.since(1), { rows: [row(one)], removed: [] });
});

test("beyond 10,000 removals an old version is no longer known", (t) => {
  const view = new LiveView();
  const torrents = Array.from({ length: 10_001 }, (_, index) => String(index));
  view.apply({ version: 1, rows: torrents.map((each) => row(each)), removed: [] }, 0);
  for (const [index, torrent] of torrents.entries())
    view.apply({ version: index + 2, rows: [], removed: [torrent] }, 0);
  t.is(view.since(1), undefined);
  t.is(view.since(2)?.removed.length, 10_000);
});

test("recent changes are those of the last seconds", (t) => {
  const view = new LiveView();
  view.apply({ version: 1, rows: [row(one), row(two)], removed: [] }, 1_000);
  view.apply({ version: 2, rows: [row(two, "b")], removed: [] }, 50_000);
  view.apply({ version: 3, rows: [], removed: [one] }, 60_000);
  const recent = view.recent(20, 61_000);
  t.deepEqual(recent, { rows: [row(two, "b")], removed: [one], removedNumbers: [1] });
});

test("a listener hears each change until it ends", (t) => {
  const view = new LiveView();
  let heard = 0;
  const end = view.onChange(() => heard++);
  view.apply({ version: 1, rows: [row(one)], removed: [] }, 0);
  end();
  view.apply({ version: 2, rows: [row(two)], removed: [] }, 0);
  t.is(heard, 1);
});

test("the sums are those of all rows after every change", (t) => {
  const view = new LiveView();
  const hashes = Array.from({ length: 20 }, (_, at) => at.toString(16).padStart(40, "0"));
  for (let version = 1; version <= 300; version++) {
    const torrent = hashes[(version * 7) % 20] ?? one;
    const peers = (version * 13) % 50;
    const figures = { downBytesPerSecond: version / 3, uploadedBytes: version * 1_000, peers };
    const removed = version % 5 === 0 ? [hashes[(version * 3) % 20] ?? two] : [];
    const isWhole = version % 40 === 0 ? { isWhole: true as const } : {};
    view.apply({ version, rows: [exampleRow({ torrent, ...figures })], removed, ...isWhole }, 0);
    const sum = (name: "downBytesPerSecond" | "peers" | "uploadedBytes"): number =>
      view.rows.reduce((all, each) => all + each[name], 0);
    t.true(Math.abs(view.sums.downBytesPerSecond - sum("downBytesPerSecond")) < 1e-6);
    t.is(view.sums.peers, sum("peers"));
    t.is(view.sums.uploadedBytes, sum("uploadedBytes"));
  }
});

test("AE11: a torrent is found by the hashes of both versions until it is removed", (t) => {
  const view = new LiveView();
  const v2 = "33".repeat(32);
  const names = [one, two, v2, v2.slice(0, 40)];
  const found = () => names.map((name) => view.row(name)?.name);
  view.apply({ version: 1, rows: [row(one, "a")], removed: [], isWhole: true }, 0);
  t.deepEqual(found(), ["a", undefined, undefined, undefined]);
  const hybrid = { ...row(one, "b"), infoHashV1: two, infoHashV2: v2 };
  view.apply({ version: 2, rows: [hybrid], removed: [] }, 0);
  t.deepEqual(found(), ["b", "b", "b", "b"]);
  view.apply({ version: 3, rows: [], removed: [one] }, 0);
  t.deepEqual(found(), [undefined, undefined, undefined, undefined]);
});

test("a hash that two torrents share finds the first of them; the other one after its removal", (t) => {
  const view = new LiveView();
  const v2 = "33".repeat(32);
  const sharing = (torrent: string, name: string) => ({ ...row(torrent, name), infoHashV2: v2 });
  view.apply({ version: 1, rows: [sharing(one, "a"), sharing(two, "b")], removed: [] }, 0);
  t.is(view.row(v2)?.name, "a");
  view.apply({ version: 2, rows: [sharing(two, "c")], removed: [] }, 0);
  t.is(view.row(v2)?.name, "a");
  view.apply({ version: 3, rows: [], removed: [one] }, 0);
  t.is(view.row(v2)?.name, "c");
  view.apply({ version: 4, rows: [sharing(one, "a")], removed: [] }, 0);
  t.is(view.row(v2)?.name, "c");
  view.apply({ version: 5, rows: [], removed: [two, one] }, 0);
  t.is(view.row(v2), undefined);
});
