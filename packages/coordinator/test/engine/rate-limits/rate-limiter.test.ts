import test from "ava";
import { RecordingRef } from "@troupe/actor-runtime/testing";
import { RateShare, type PeerProtocol, type TorrentId } from "@troupe/messages";
import type { PeerWorkerHandle } from "../../../src/engine/base/peer-worker-handle.ts";
import { RateLimiter } from "../../../src/engine/rate-limits/rate-limiter.ts";
import { noTcpLimit } from "../../../src/engine/rate-limits/tcp-limit.ts";
import { FakeContext } from "../../support/engine-fakes.ts";

const id = 7 as TorrentId;
const torrent = { id, group: undefined, isInSwarm: true };
const member = { ...torrent, group: "films" };

function scene() {
  const { clock, timers, time } = new FakeContext();
  const refs = [0, 1].map((index) => new RecordingRef<PeerProtocol>(`peer-${index}`));
  const workers = refs.map((calls, index) => ({ index, calls }) as unknown as PeerWorkerHandle);
  const limiter = new RateLimiter({ clock, timers }, () => workers);
  const shares = (name: "set-limits" | "set-torrent-limits") =>
    refs.map((ref) => {
      const { limits } = ref.casts(name).at(-1) ?? {};
      return limits === undefined ? undefined : new RateShare(limits);
    });
  return { limiter, refs, shares, time };
}

test("without limits no timer runs, and no message is sent to workers", (t) => {
  const { limiter, refs, time } = scene();
  limiter.setEngine({});
  limiter.setTorrent({ ...torrent, isInSwarm: false }, undefined);
  limiter.setGroups(new Map());
  limiter.tick();
  t.is(time.pending, 0);
  t.deepEqual(
    refs.flatMap((ref) => ref.casts("set-limits")),
    [],
  );
  t.deepEqual(
    refs.flatMap((ref) => ref.casts("set-torrent-limits")),
    [],
  );
});

test("each worker gets a share of its own, which is filled until the limits are removed", (t) => {
  const { limiter, shares, time } = scene();
  limiter.setEngine({ down: 1_000_000, peerUp: 5_000 });
  const [first, second] = shares("set-limits");
  t.not(first?.memory, second?.memory);
  t.deepEqual([first?.down.rate, first?.up.rate, first?.up.peerRate], [1_000_000, 0, 5_000]);
  first?.down.setWaiting(1, 2 ** 30);
  time.advance(100);
  t.true((first?.down.grantedBytes ?? 0) > 80_000);
  t.is(second?.down.grantedBytes, 0);
  limiter.setEngine({});
  t.deepEqual(shares("set-limits"), [undefined, undefined]);
  t.is(time.pending, 0);
});

test("the limit of TCP is a share of its own, whose rate changes without a message, and which a new incarnation gets", (t) => {
  const { limiter, refs, shares, time } = scene();
  const atRate = (rate: number) =>
    ({ kind: "limited", rate, lineRate: rate, usedAtMs: 0 }) as const;
  limiter.setTcp(noTcpLimit);
  limiter.setTcp(atRate(100_000));
  const [first] = shares("set-limits");
  t.deepEqual([first?.up.rate, first?.down.rate], [100_000, 0]);
  limiter.setTcp(atRate(200_000));
  t.is(first?.up.rate, 200_000);
  t.deepEqual(limiter.tcpLimit, atRate(200_000));
  t.deepEqual(
    refs.map((ref) => ref.casts("set-limits").map(({ isForTcp }) => isForTcp)),
    [[true], [true]],
  );
  const [renewed] = limiter.renewShares(0);
  t.true(renewed?.isForTcp);
  t.is(new RateShare(renewed?.limits).up.rate, 200_000);
  limiter.setTcp(noTcpLimit);
  t.deepEqual(refs[0]?.casts("set-limits").at(-1), { isForTcp: true });
  t.is(time.pending, 0);
});

test("bytes of a torrent's idle limit are granted within 250 ms", (t) => {
  const { limiter, shares, time } = scene();
  limiter.setTorrent(torrent, { down: 1_000_000 });
  const [share] = shares("set-torrent-limits");
  time.advance(10_000);
  share?.down.setWaiting(1, 2 ** 30);
  time.advance(250);
  t.true((share?.down.grantedBytes ?? 0) > 80_000);
});

test("a new incarnation of a worker gets new shares", (t) => {
  const { limiter, shares } = scene();
  limiter.setEngine({ down: 1_000_000 });
  limiter.setTorrent(torrent, { up: 2_000 });
  const [before] = shares("set-limits");
  const [{ limits: engine } = {}] = limiter.renewShares(0);
  const { limits: own } = limiter.renewTorrentShare(torrent, 0);
  t.not(engine, before?.memory);
  t.is(new RateShare(engine).down.rate, 1_000_000);
  t.is(new RateShare(own).up.rate, 2_000);
  limiter.forget(id);
  t.deepEqual(limiter.renewTorrentShare(torrent, 0), {});
});

test("D11: the limits of a period hold from the second on in which it begins", (t) => {
  const { limiter, shares, time } = scene();
  const start = new Date(time.epochMs());
  const minute = 60 * start.getUTCHours() + start.getUTCMinutes();
  const schedule = [{ fromMinute: minute + 1, toMinute: minute + 2, limits: { down: 3_000 } }];
  limiter.setEngine({ down: 9_000, schedule });
  const rate = () => shares("set-limits")[0]?.down.rate;
  t.is(rate(), 9_000);
  time.advance(60_000);
  limiter.tick();
  t.is(rate(), 3_000);
  time.advance(60_000);
  limiter.tick();
  t.is(rate(), 9_000);
});

test("a download limit is reached while peers wait for it", (t) => {
  const { limiter, shares } = scene();
  limiter.setEngine({ down: 1_000_000, peerDown: 5_000 });
  t.is(
    limiter.reachedBy(torrent, () => true),
    undefined,
  );
  shares("set-limits")[1]?.down.setWaiting(2, 32_768);
  t.deepEqual(
    limiter.reachedBy(torrent, () => true),
    { of: "engine", bytesPerSecond: 1_000_000 },
  );
  limiter.setTorrent(torrent, { peerDown: 4_000 });
  shares("set-torrent-limits")[0]?.down.setWaiting(1, 16_384);
  t.deepEqual(
    limiter.reachedBy(torrent, () => true),
    { of: "peer", bytesPerSecond: 4_000 },
  );
});

test("L09: the torrents of a group share its limits, of which each worker has a part", (t) => {
  const { limiter, refs, shares, time } = scene();
  limiter.setGroups(new Map([["films", { down: 1_000_000 }]]));
  t.deepEqual(
    refs.map((ref) => ref.casts("set-limits").map(({ group }) => group)),
    [["films"], ["films"]],
  );
  const [first, second] = shares("set-limits");
  first?.down.setWaiting(3, 2 ** 30);
  second?.down.setWaiting(1, 2 ** 30);
  let bytes = [0, 0];
  for (let refills = 0; refills < 80; refills++) {
    time.advance(50);
    const granted = [first?.down.recall() ?? 0, second?.down.recall() ?? 0];
    bytes = bytes.map((sum, at) => sum + (granted[at] ?? 0));
  }
  const [of = 0, other = 0] = bytes;
  t.true(Math.abs((of + other) / 4_000_000 - 1) < 0.02, `${of} and ${other} in 4 s`);
  t.true(Math.abs(of / other / 3 - 1) < 0.05, `${of} and ${other}`);
});

test("L09: a group's limits are sent when they change, and end with the group", (t) => {
  const { limiter, refs, time } = scene();
  const limits = { down: 1_000_000, peerUp: 4_000 };
  limiter.setGroups(new Map([["films", limits]]));
  limiter.setGroups(new Map([["films", { ...limits }]]));
  t.is(refs[0]?.casts("set-limits").length, 1);
  limiter.setGroups(new Map([["films", { down: 2_000 }]]));
  t.is(new RateShare(refs[0]?.casts("set-limits")[1]?.limits).down.rate, 2_000);
  limiter.setGroups(new Map());
  t.deepEqual(refs[0]?.casts("set-limits").at(-1), { group: "films" });
  t.is(time.pending, 0);
});

test("L09: a worker that opens a torrent gets its group, and a new worker the shares of the groups first", (t) => {
  const { limiter, refs } = scene();
  limiter.setGroups(new Map([["films", { up: 5_000 }]]));
  t.deepEqual(limiter.renewTorrentShare(member, 0), { group: "films" });
  const [engine, ofGroup] = limiter.renewShares(0);
  t.deepEqual(engine, {});
  t.is(ofGroup?.group, "films");
  t.is(new RateShare(ofGroup?.limits).up.rate, 5_000);
  limiter.setTorrent(member, undefined);
  t.deepEqual(refs[0]?.casts("set-torrent-limits"), [{ torrent: id, group: "films" }]);
});

test("L09: a torrent that waits for its group's limit says so", (t) => {
  const { limiter, shares } = scene();
  limiter.setEngine({ down: 9_000_000 });
  limiter.setGroups(new Map([["films", { down: 1_000_000 }]]));
  shares("set-limits")[0]?.down.setWaiting(1, 32_768);
  t.deepEqual(
    limiter.reachedBy(member, () => true),
    { of: "group", bytesPerSecond: 1_000_000 },
  );
  t.is(
    limiter.reachedBy(torrent, () => true),
    undefined,
  );
});
