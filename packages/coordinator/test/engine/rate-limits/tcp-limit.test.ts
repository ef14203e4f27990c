import test, { type ExecutionContext } from "ava";
import {
  nextTcpLimit,
  noTcpLimit,
  type TcpLimit,
} from "../../../src/engine/rate-limits/tcp-limit.ts";

/** Three peers over TCP have all of a line, and one over uTP waits for it. */
const mix = {
  tcpPeers: 3,
  utpPeers: 1,
  bytesPerSecond: 4_000_000,
  heldBackPeers: 1,
  utpBytesPerSecond: 0,
};

function rateOf(limit: TcpLimit): number | undefined {
  return limit.kind === "limited" ? limit.rate : undefined;
}

const firstRate = (change: Partial<typeof mix>): number | undefined =>
  rateOf(nextTcpLimit(noTcpLimit, { ...mix, ...change }, 0));

test("TCP gets its part of all uploads by the number of peers while uTP waits for the line", (t) => {
  t.is(firstRate({}), 3_000_000);
  t.is(firstRate({ utpPeers: 0, heldBackPeers: 3 }), 2_000_000);
});

test("without a peer over uTP that waits, and without one over TCP, there is no limit", (t) => {
  const limit = nextTcpLimit(noTcpLimit, mix, 0);
  t.deepEqual(nextTcpLimit(limit, { ...mix, heldBackPeers: 0 }, 1_000), noTcpLimit);
  t.deepEqual(nextTcpLimit(limit, { ...mix, tcpPeers: 0 }, 1_000), noTcpLimit);
});

test("TCP has 50,000 bytes a second at least", (t) => {
  t.is(firstRate({ bytesPerSecond: 10_000 }), 50_000);
});

test("a rate that differs by less than a tenth stays", (t) => {
  const limit = nextTcpLimit(noTcpLimit, mix, 0);
  t.is(rateOf(nextTcpLimit(limit, { ...mix, bytesPerSecond: 4_300_000 }, 1_000)), 3_000_000);
  t.is(rateOf(nextTcpLimit(limit, { ...mix, bytesPerSecond: 4_400_000 }, 1_000)), 3_300_000);
});

/** Uploads on a line, second by second. `utpLine`: the rate of uTP while TCP leaves room. */
function uploads(seconds: number, tcpLine: number, utpLine: number) {
  let limit = noTcpLimit;
  return Array.from({ length: seconds }, (_, second) => {
    const tcp = Math.min(tcpLine, rateOf(limit) ?? Infinity);
    const utp = tcp < tcpLine ? utpLine : 0;
    const moved = { bytesPerSecond: tcp + utp, utpBytesPerSecond: utp };
    limit = nextTcpLimit(limit, { ...mix, ...moved }, 1_000 * second);
    return { tcp, kind: limit.kind };
  });
}

function isSteady(t: ExecutionContext, rates: readonly number[], least: number): void {
  t.true(Math.min(...rates) >= least, `${Math.min(...rates)}`);
}

test("a limit that gives uTP its part stays", (t) => {
  const seconds = uploads(120, 4_000_000, 1_000_000);
  t.true(seconds.every(({ kind }) => kind === "limited"));
  isSteady(
    t,
    seconds.map(({ tcp }) => tcp),
    3_000_000,
  );
});

test("where other programs take what TCP leaves, the limit ends after ten seconds, and TCP is free for a minute", (t) => {
  const seconds = uploads(600, 4_000_000, 0);
  t.is(
    seconds.findIndex(({ kind }) => kind === "free"),
    11,
  );
  const limited = seconds.filter(({ kind }) => kind === "limited");
  t.true(limited.length <= 600 / 6, `${limited.length}`);
  // It never shrinks by its own effect.
  isSteady(
    t,
    seconds.map(({ tcp }) => tcp),
    3_000_000,
  );
});
