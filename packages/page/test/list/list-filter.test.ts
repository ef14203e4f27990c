import test from "ava";
import { facetsOf, testOf, type ListFilter } from "../../src/list/list-filter.ts";
import { listRows } from "../support/list-rows.ts";

const rows = listRows(
  { name: "Debian 13 netinst", labels: ["linux"], group: "isos" },
  {
    ...{ name: "Ubuntu 26.04", labels: ["linux", "new"], isComplete: false },
    trackers: [["https://one.example/a", "udp://one.example:80"], ["http://two.example/"]],
  },
  { name: "A Film", state: "stopped", isComplete: false },
  { name: "Ärger", state: "error", fault: { code: "disk-full", message: "full" } },
);

function numbers(filter: Partial<ListFilter>): number[] {
  const passes = testOf({ text: "", ...filter });
  return [...rows.values()].filter(passes).map(({ number }) => number);
}

test("G12 all words of the search are in the name, in any case and order", (t) => {
  t.deepEqual(numbers({ text: "NET debian" }), [1]);
  t.deepEqual(numbers({ text: " 2 " }), [2]);
  t.deepEqual(numbers({ text: "ärg" }), [4]);
  t.deepEqual(numbers({ text: "no" }), []);
  t.deepEqual(numbers({}), [1, 2, 3, 4]);
});

test("G12 H03 filters hold together; an empty value is that of torrents without one", (t) => {
  t.deepEqual(numbers({ status: "seeding" }), [1]);
  t.deepEqual(numbers({ status: "downloading" }), [2]);
  t.deepEqual(numbers({ label: "linux" }), [1, 2]);
  t.deepEqual(numbers({ label: "linux", group: "" }), [2]);
  t.deepEqual(numbers({ label: "" }), [3, 4]);
  t.deepEqual(numbers({ tracker: "two.example" }), [2]);
  t.deepEqual(numbers({ tracker: "", status: "error" }), [4]);
});

test("G12 H03 facets count each torrent once a value", (t) => {
  const { all, group, label, status, tracker } = facetsOf(rows.values());
  t.is(all, 4);
  t.deepEqual(Object.fromEntries(group), { isos: 1, "": 3 });
  t.deepEqual(Object.fromEntries(label), { linux: 2, new: 1, "": 2 });
  t.deepEqual(Object.fromEntries(tracker), { "one.example": 1, "two.example": 1, "": 3 });
  t.deepEqual(Object.fromEntries(status), { seeding: 1, downloading: 1, stopped: 1, error: 1 });
});
