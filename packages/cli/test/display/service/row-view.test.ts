import test from "ava";
import { rowName, rowRatio, rowView } from "../../../src/display/service/row-view.ts";
import { rowOf } from "../../support/fake-service.ts";

test("the ratio counts all runs, and files that were there before as received", (t) => {
  t.is(rowRatio(rowOf("1", 1, { uploadedBytes: 50, downloadedBytes: 100, haveBytes: 100 })), 0.5);
  t.is(rowRatio(rowOf("1", 1, { uploadedBytes: 50, downloadedBytes: 0, haveBytes: 100 })), 0.5);
  t.is(rowRatio(rowOf("1", 1, { uploadedBytes: 50, downloadedBytes: 0, haveBytes: 0 })), 0);
  const sums = { wastedBytes: 0, failedHashBytes: 0, protocolDownBytes: 0, protocolUpBytes: 0 };
  const times = { activeSeconds: 1, downloadSeconds: 0, seedSeconds: 1 };
  const lifetime = { downloadedBytes: 200, uploadedBytes: 300, ...times, ...sums };
  t.is(rowRatio(rowOf("1", 1, { lifetime, haveBytes: 100 })), 1.5);
});

test("the view of a torrent in error has its sentence, and what it waits for", (t) => {
  const fault = { code: "disk-full", message: "the disk is full", continuesOnce: "there is room" };
  const sentence = "the disk is full; it continues by itself once there is room";
  t.is(rowView(rowOf("1", 1, { state: "error", fault })).fault, sentence);
  t.is(rowView(rowOf("1", 1, { state: "active", fault })).fault, undefined);
  t.is(rowView(rowOf("1", 1, { state: "error" })).fault, "it has failed");
});

test("a torrent whose name has nothing to show is called by its hash", (t) => {
  t.is(rowName(rowOf("1", 1, { name: "\u200b" })), "1".repeat(40));
});
