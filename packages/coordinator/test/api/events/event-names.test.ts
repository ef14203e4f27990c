import test from "ava";
import { refuseUnknownEvent } from "@troupe/api-base";
import { torrentEventNames } from "../../../src/api/events/event-names.ts";

test("WebTorrent's names of events are refused with ours", (t) => {
  t.notThrows(() => refuseUnknownEvent("complete", torrentEventNames));
  t.throws(() => refuseUnknownEvent("done", torrentEventNames), {
    code: "event-unknown",
    message: /there is no event "done"; there are state, .*complete/,
  });
  t.throws(() => refuseUnknownEvent("toString", torrentEventNames), { code: "event-unknown" });
});
