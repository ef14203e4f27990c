import { ManualTime } from "@troupe/actor-runtime/testing";
import test from "ava";
import { makeTransportPlaces } from "../../src/trackers/transport-places.ts";
import { TrackerTransports } from "../../src/trackers/tracker-transport.ts";

test("an announce over UDP that is given up does not wait for the look-up of the tracker's name", async (t) => {
  const time = new ManualTime();
  const unused = (): never => t.fail();
  const transport = new TrackerTransports({
    clock: time,
    http: { get: unused },
    names: { resolve: unused, resolveAllowed: () => new Promise(() => {}) },
    places: makeTransportPlaces(1, { clock: time, timers: time }),
    udpTrackers: { announce: unused, isSilent: unused },
  });
  const end = new AbortController();
  const announced = transport.announce({
    url: "udp://t.example",
    family: 4,
    request: unused,
    urgency: "stop-download",
    deadlineMs: 1_500,
    isLast: true,
    signal: end.signal,
    begun: unused,
    waits: unused,
  });
  end.abort(new Error("the engine is ending"));
  await t.throwsAsync(announced, { message: "the engine is ending" });
});
