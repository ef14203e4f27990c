import { systemError, type Names } from "@troupe/actor-runtime";
import { ManualTime } from "@troupe/actor-runtime/testing";
import type { AnnounceReply } from "@troupe/protocol/tracker";
import test from "ava";
import { makeTransportLimits } from "../../src/trackers/transport-limits.ts";
import { TrackerTransports, type TrackerCall } from "../../src/trackers/tracker-transport.ts";

const reply: AnnounceReply = { intervalSeconds: 1_800, peers: [] };

/** Announces to `udp://t.example` over IPv4; `asked` lists the addresses that got an announce. */
function openScene(resolveAllowed: Names["resolveAllowed"]) {
  const time = new ManualTime();
  const unused = (): never => {
    throw new Error("a part that the announce does not need");
  };
  const asked: string[] = [];
  const transport = new TrackerTransports({
    clock: time,
    http: { get: unused },
    names: { resolve: unused, resolveAllowed },
    limits: makeTransportLimits(1, { clock: time, timers: time }),
    udpTrackers: {
      announce: (to) => {
        asked.push(to.host);
        return Promise.resolve(reply);
      },
      findAnswering: ([first]) => Promise.resolve(first ?? unused()),
      isSilent: () => false,
    },
  });
  const announce = (call: Pick<TrackerCall, "isLast"> & Partial<TrackerCall>) =>
    transport.announce({
      ...{ url: "udp://t.example", family: 4, request: unused, urgency: "download" },
      ...{ deadlineMs: 1_500, signal: new AbortController().signal },
      ...{ begun: () => {}, waits: () => {} },
      ...call,
    });
  return { announce, asked, time };
}

test("an announce over UDP that is given up does not wait for the look-up of the tracker's name", async (t) => {
  const { announce } = openScene(() => new Promise(() => {}));
  const end = new AbortController();
  const announced = announce({ isLast: true, signal: end.signal });
  end.abort(new Error("the engine is ending"));
  await t.throwsAsync(announced, { message: "the engine is ending" });
});

test("`stopped` goes to the last known address of a tracker whose name is not found in time", async (t) => {
  let isAnswering = true;
  const { announce, asked, time } = openScene(() =>
    isAnswering ? Promise.resolve(["8.0.0.1"]) : new Promise(() => {}),
  );
  await announce({ isLast: false });
  isAnswering = false;
  time.advance(3_600_000);
  await announce({ isLast: true });
  t.deepEqual(asked, ["8.0.0.1", "8.0.0.1"]);
});

test("an announce reaches only the addresses that its torrent allows", async (t) => {
  const { announce, asked } = openScene(() => Promise.resolve(["10.0.0.1", "8.0.0.1"]));
  const mayDial = (host: string): boolean => host !== "10.0.0.1";
  await announce({ isLast: false, mayDial });
  t.deepEqual(asked, ["8.0.0.1"]);
  const refused = announce({ isLast: false, mayDial: () => false });
  await t.throwsAsync(refused, { code: "tracker-local" });
});

test("an unknown name of a UDP tracker is an error of its own, with the system's code as its cause", async (t) => {
  const { announce } = openScene(() => Promise.reject(systemError("ENOTFOUND", "no such name")));
  const error = await t.throwsAsync(announce({ isLast: false }));
  t.like(error, {
    code: "tracker-unreachable",
    message: "cannot find the address of the tracker t.example: ENOTFOUND: no such name",
    details: { cause: "ENOTFOUND" },
  });
});
