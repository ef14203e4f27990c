import test from "ava";
import { changedSettings, firstFields, labelsOf } from "../../src/list/change-fields.ts";
import { listRows } from "../support/list-rows.ts";

const limits = (down: number) => ({ settings: { limits: { down } } });

test("H03 fields begin with what all torrents have, and are open where they differ", (t) => {
  const rows = [
    ...listRows(
      { group: "films", labels: ["a", "b"], ...limits(50_000) },
      { group: "films", labels: ["a"], ...limits(50_000) },
    ).values(),
  ];
  t.deepEqual(firstFields(rows), { group: "films", labels: undefined, down: "50", up: "" });
});

test("H03 fields that are left alone change nothing", (t) => {
  const first = { group: "films", labels: undefined, down: "50", up: "" };
  t.is(changedSettings(first, first), undefined);
  t.deepEqual(changedSettings(first, { ...first, group: " " }), { group: null });
  t.deepEqual(changedSettings(first, { ...first, labels: "" }), { labels: [] });
  t.deepEqual(changedSettings(first, { ...first, down: "", up: "1.5" }), {
    limits: { down: 0, up: 1_500 },
  });
  t.deepEqual(changedSettings(first, { ...first, up: "0.2" }), { limits: { up: 1_000 } });
});

test("H03 labels of a text come once each, without spaces around them", (t) => {
  t.deepEqual(labelsOf(" a, b b ,,a"), ["a", "b b"]);
});
