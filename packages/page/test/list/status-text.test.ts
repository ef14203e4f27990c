import test from "ava";
import { listRow } from "../../src/events/list-row.ts";
import { statusText } from "../../src/list/status-text.ts";
import { givenRow } from "../support/list-rows.ts";

test("G12 a torrent whose file has an oddity shows its status like any other", (t) => {
  const odd = { ...givenRow(), warnings: ["the field x is left out"] };
  t.deepEqual(statusText(listRow(odd)), statusText(listRow(givenRow())));
  t.is(statusText(listRow(odd)).reason, "no peer is connected");
});

test("G12 a torrent with an error shows the sentence of the service", (t) => {
  const fault = { code: "disk-full", message: "the disk is full" };
  const row = listRow(givenRow({ state: "error", fault }));
  t.deepEqual(statusText(row), { name: "Error", reason: "the disk is full", isForeign: true });
});
