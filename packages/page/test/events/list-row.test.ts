import test from "ava";
import { listFields, listRow } from "../../src/events/list-row.ts";
import { givenRow } from "../support/list-rows.ts";

test("G12 a row of the list has the fields of the page alone", (t) => {
  const row = listRow({ ...givenRow(), magnet: "magnet:?", pieces: 5 } as ReturnType<
    typeof givenRow
  >);
  t.false("magnet" in row || "pieces" in row || "trackers" in row);
  for (const field of ["name", "state", "downBytesPerSecond"] as const) t.true(field in row, field);
  t.is(new Set(listFields).size, listFields.length);
});

test("G12 names and sentences lose control characters, direction marks and invisible characters", (t) => {
  const { fault, name, searchText } = listRow(
    givenRow({ name: "A\u202eB\u0007\nc\u200b", fault: { code: "x", message: "\u001b[1mno" } }),
  );
  t.is(name, "AB c");
  t.is(searchText, "ab c");
  t.is(fault, "[1mno");
});

test("G12 the ratio is that of all sessions, and unknown before the first byte", (t) => {
  const lifetime = { downloadedBytes: 200, uploadedBytes: 50 } as never;
  t.is(listRow(givenRow({ lifetime })).ratio, 0.25);
  t.is(listRow(givenRow()).ratio, undefined);
});

test("G12 trackers are their hosts, each once", (t) => {
  const trackers = [["https://a.example/x?key=1", "udp://a.example:80"], ["http://b.example/"]];
  t.deepEqual(listRow(givenRow({ trackers })).trackerHosts, ["a.example", "b.example"]);
});
