import test from "ava";
import type { ExecutionContext } from "ava";
import { detailsOf, type TrackerView } from "../../src/display/details.ts";
import type { TrackerStatus } from "../../src/engine-port.ts";
import { peerStatus, torrentStatus, trackerStatus } from "../support/details.ts";

test("peers that move most come first; small changes do not change the order", (t) => {
  const peers = [
    peerStatus({ host: "c", downBytesPerSecond: 0 }),
    peerStatus({ host: "b", downBytesPerSecond: 1_100_000 }),
    peerStatus({ host: "a", downBytesPerSecond: 1_090_000 }),
    peerStatus({ host: "d", upBytesPerSecond: 9_000_000 }),
  ];
  const addresses = detailsOf(torrentStatus({ peers })).peers.map(({ address }) => address);
  t.deepEqual(addresses, ["d:6881", "a:6881", "b:6881", "c:6881"]);
});

test("an IPv6 address stands in brackets", (t) => {
  const [peer] = detailsOf(torrentStatus({ peers: [peerStatus({ host: "2001:db8::7" })] })).peers;
  t.is(peer?.address, "[2001:db8::7]:6881");
});

const inState = test.macro({
  exec: (t: ExecutionContext, fields: Partial<TrackerStatus>, state: TrackerView["state"]) => {
    const tracker = trackerStatus({ isWorking: false, nextInSeconds: 5, ...fields });
    t.is(detailsOf(torrentStatus({ trackers: [tracker] })).trackers[0]?.state, state);
  },
  title: (_given, _fields, state) => `a tracker is ${state}`,
});

test(inState, { isWorking: true }, "working");
test(inState, { error: "refused", failures: 1 }, "failing");
test(inState, {}, "idle");
test(inState, { nextInSeconds: 0, isWorking: true }, "asking");

test("a tracker's counts are shown without us, unless it counts no more peers than it names", (t) => {
  const swarm = (tracker: Partial<TrackerStatus>, isSeed: boolean): unknown => {
    const base = torrentStatus({ trackers: [trackerStatus(tracker)] });
    const haveBytes = isSeed ? base.progress.wantedBytes : 0;
    const { seeds, leechers } =
      detailsOf({ ...base, progress: { ...base.progress, haveBytes } }).trackers[0] ?? {};
    return [seeds, leechers];
  };
  t.deepEqual(swarm({ peers: 0, complete: 0, incomplete: 1 }, false), [0, 0]);
  t.deepEqual(swarm({ peers: 1, complete: 1, incomplete: 1 }, false), [1, 0]);
  t.deepEqual(swarm({ peers: 1, complete: 1, incomplete: 1 }, true), [0, 1]);
  t.deepEqual(swarm({ peers: 2, complete: 1, incomplete: 1 }, false), [1, 1], "we are not counted");
});

test("only the host of a tracker is shown", (t) => {
  const [tracker] = detailsOf(torrentStatus()).trackers;
  t.is(tracker?.host, "tracker.example");
  t.false(JSON.stringify(detailsOf(torrentStatus())).includes("secret"));
});
