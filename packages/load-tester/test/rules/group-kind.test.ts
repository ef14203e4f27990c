import test from "ava";
import { groupKindOf } from "../../src/rules/group-kind.ts";
import type { Arrival, Group, GroupLoad, Pace } from "../../src/scenario/scenario.ts";

const peers: GroupLoad = {
  kind: "peers",
  behaviour: "leecher",
  torrent: "payload",
  take: "all",
  has: 0,
  pace: { kind: "depth", depth: 4 },
  downBytesPerSecond: undefined,
  upBytesPerSecond: undefined,
  delayMs: 0,
  extensions: [],
  transport: "tcp",
  encryption: "none",
};

function group(parts: Partial<Group>): Group {
  return {
    name: "group",
    target: "target",
    count: 1_000,
    arrival: { kind: "ramp", durationMs: 60_000, afterMs: 0 },
    stay: { kind: "end" },
    againAfterMs: undefined,
    retryAfterMs: undefined,
    timeoutMs: 30_000,
    handshakeTimeoutMs: 15_000,
    load: peers,
    ...parts,
  };
}

function kindOfArrival(arrival: Arrival, count = 1_000): string {
  return groupKindOf(group({ arrival, count }));
}

test("peers of the catalogue are hostile", (t) => {
  const load: GroupLoad = { kind: "hostile", torrent: "a", behaviours: [], bytesPerSecond: 1 };
  t.is(groupKindOf(group({ load, count: 1 })), "hostile");
});

test("more than a hundred connections in a second are a storm", (t) => {
  const afterMs = 5_000;
  t.is(kindOfArrival({ kind: "at-once", afterMs }, 100), "honest");
  t.is(kindOfArrival({ kind: "at-once", afterMs }, 101), "storm");
  t.is(kindOfArrival({ kind: "constant", perSecond: 100, afterMs }), "honest");
  t.is(kindOfArrival({ kind: "poisson", perSecond: 101, afterMs }), "storm");
  t.is(kindOfArrival({ kind: "ramp", durationMs: 10_000, afterMs }), "honest");
  t.is(kindOfArrival({ kind: "ramp", durationMs: 9_000, afterMs }), "storm");
  t.is(kindOfArrival({ kind: "crowd", halfLifeMs: 10_000, afterMs }), "honest");
  t.is(kindOfArrival({ kind: "crowd", halfLifeMs: 1_000, afterMs }), "storm");
  const timesMs = Array.from({ length: 200 }, (_, at) => 10 * at);
  t.is(kindOfArrival({ kind: "times", timesMs, afterMs }, 200), "honest");
  t.is(
    kindOfArrival({ kind: "times", timesMs: timesMs.map((ms) => ms / 1.1), afterMs }, 200),
    "storm",
  );
});

test("peers that come back within a second are a storm", (t) => {
  t.is(groupKindOf(group({ againAfterMs: 1_000, retryAfterMs: 1_000 })), "honest");
  t.is(groupKindOf(group({ againAfterMs: 999 })), "storm");
  t.is(groupKindOf(group({ retryAfterMs: 0 })), "storm");
});

test("more than a thousand questions a second, or a hundred outstanding ones, are a flood", (t) => {
  const kindOfPace = (pace: Pace, count: number): string => {
    const load: GroupLoad = { kind: "tracker", swarms: 1, pace, scrapes: 0, wanted: 50, seeds: 0 };
    return groupKindOf(group({ load, count }));
  };
  const open = (perSecond: number): Pace => {
    return { kind: "rate", perSecond, spacing: "poisson", fromMs: 0, untilMs: 10_000 };
  };
  t.is(kindOfPace(open(1_000), 5_000), "honest");
  t.is(kindOfPace(open(1_001), 10), "flood");
  t.is(kindOfPace({ kind: "depth", depth: 2 }, 50), "honest");
  t.is(kindOfPace({ kind: "depth", depth: 2 }, 51), "flood");
});
