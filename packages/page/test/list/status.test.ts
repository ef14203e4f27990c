import test from "ava";
import { statusOf } from "../../src/list/status.ts";

test("G12 an active torrent downloads, or seeds where it is complete", (t) => {
  t.is(statusOf({ state: "active", isComplete: false }), "downloading");
  t.is(statusOf({ state: "active", isComplete: true }), "seeding");
  t.is(statusOf({ state: "starting", isComplete: false }), "downloading");
  t.is(statusOf({ state: "stopping", isComplete: true }), "stopped");
  t.is(statusOf({ state: "error", isComplete: true }), "error");
});
