import test from "ava";
import type { ExecutionContext } from "ava";
import { detailsOf, type TrackerView } from "../../src/display/details.ts";
import type { PeerStatus, TrackerStatus } from "../../src/engine-port.ts";
import { peerStatus, torrentStatus, trackerStatus } from "../support/details.ts";

const flagged = test.macro({
  exec: (t: ExecutionContext, fields: Partial<PeerStatus>, flags: string) => {
    const [peer] = detailsOf(torrentStatus({ peers: [peerStatus(fields)] })).peers;
    t.is(peer?.flags, flags);
  },
  title: (given = "", _fields, flags) => `${given} has the flags ${flags}`,
});

test("a peer that sends", flagged, {}, "D");
test("a peer that chokes us", flagged, { amChokedByPeer: true }, "d");
test("a peer that unchokes us and sends nothing", flagged, { downBytesPerSecond: 0 }, "d");
test(
  "a peer that unchokes us although we are not interested",
  flagged,
  { amInterested: false },
  "K",
);
test("a peer that we send to", flagged, { isPeerInterested: true, isPeerChoked: false }, "DU");
test("an interested peer that we choke", flagged, { isPeerInterested: true }, "Du");
test("an unchoked peer that is not interested", flagged, { isPeerChoked: false }, "D?");
test(
  "an incoming, snubbed peer",
  flagged,
  {
    isIncoming: true,
    isSnubbed: true,
    downBytesPerSecond: 0,
  },
  "dSI",
);

test("a peer that peers have named", flagged, { sources: ["tracker-local", "pex-local"] }, "DX");
test(
  "a peer that peers and local discovery have named",
  flagged,
  { sources: ["pex-internet", "local-discovery"] },
  "DXL",
);
test("a peer that the DHT has named", flagged, { sources: ["dht-internet"] }, "DH");

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

test("only the host of a tracker is shown", (t) => {
  const [tracker] = detailsOf(torrentStatus()).trackers;
  t.is(tracker?.host, "tracker.example");
  t.false(JSON.stringify(detailsOf(torrentStatus())).includes("secret"));
});
