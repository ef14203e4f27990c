import test from "ava";
import {
  leastTimeOutMs,
  mostTimeOutMs,
  RoundTripEstimate,
} from "../../src/transactions/round-trip.ts";

function after(estimate: RoundTripEstimate, roundTripsMs: readonly number[]): number {
  for (const roundTripMs of roundTripsMs) estimate.add(roundTripMs);
  return estimate.timeOutMs;
}

test("EX16: the first round trip gives thrice its time, as RFC 6298 says", (t) => {
  t.is(after(RoundTripEstimate.ofNode(), [200]), 600);
});

test("EX16: equal round trips bring the time-out of a node near them, and one late answer raises it", (t) => {
  const estimate = RoundTripEstimate.ofNode();
  const steadyMs = after(
    estimate,
    Array.from({ length: 20 }, () => 400),
  );
  t.true(steadyMs >= 400 && steadyMs < 410, `${steadyMs}`);
  t.true(after(estimate, [800]) > 800);
});

test("EX16: a time-out is at least a quarter of a second and at most one second, which it is without a round trip", (t) => {
  t.is(RoundTripEstimate.ofNode().timeOutMs, mostTimeOutMs);
  t.is(after(RoundTripEstimate.ofNode(), [1]), leastTimeOutMs);
  t.is(after(RoundTripEstimate.ofNode(), [5_000]), mostTimeOutMs);
});

test("EX16: the time-out of strangers covers far nodes after many answers of near ones", (t) => {
  const network = RoundTripEstimate.ofNetwork();
  const mixed = Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? 20 : 400));
  after(network, mixed);
  t.true(after(network, [20, 20, 20, 20, 20, 20, 20, 20]) > 400);
});
