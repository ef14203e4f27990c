import test from "ava";
import { banRows, bansOf } from "../../src/records/ban-rows.ts";

const ban = (prefix: string, atMs: number) => ({ prefix, atMs });

/** The entries of a database after changes. */
function entriesAfter(rows: ReadonlyMap<string, Uint8Array | undefined>) {
  return [...rows].flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

test("a ban is read as it was written, the oldest first", (t) => {
  const bans = [ban("192.0.2.0/24", 2_000), ban("2001:db8::1", 1_000.5)];
  const rows = banRows([], { added: bans, lifted: [] });
  t.deepEqual(bansOf(entriesAfter(rows)), bans.toReversed());
});

test("a ban keeps its time, and only a known ban is lifted", (t) => {
  const found = [ban("192.0.2.7", 1_000)];
  t.is(banRows(found, { added: [ban("192.0.2.7", 9_000)], lifted: ["192.0.2.8"] }).size, 0);
  const rows = banRows(found, { added: [], lifted: ["192.0.2.7"] });
  t.deepEqual([...rows], [["ban 192.0.2.7", undefined]]);
});

test("damaged rows are left out", (t) => {
  const [good] = entriesAfter(banRows([], { added: [ban("192.0.2.7", 1_000)], lifted: [] }));
  t.truthy(good);
  if (good === undefined) return;
  const flipped = good.value.with(3, (good.value[3] ?? 0) ^ 1);
  t.deepEqual(bansOf([{ ...good, value: flipped }]), []);
  t.deepEqual(bansOf([{ ...good, value: good.value.slice(1) }]), []);
  t.deepEqual(bansOf([{ ...good, name: "ban example.org" }]), []);
  t.is(bansOf([good]).length, 1);
});
