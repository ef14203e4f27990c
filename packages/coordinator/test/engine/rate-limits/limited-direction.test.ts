import test from "ava";
import { RateShare } from "@troupe/messages";
import { LimitedDirection } from "../../../src/engine/rate-limits/limited-direction.ts";

const block = 16_384;

function scene(rate: number, workers = 1) {
  const limited = new LimitedDirection();
  limited.setRates(rate);
  const shares = Array.from({ length: workers }, () => new RateShare().down);
  for (const [worker, share] of shares.entries()) limited.setShare(worker, share);
  const refill = (seconds: number) => {
    for (let time = 0; time < seconds * 20; time++) limited.refill(50);
  };
  const [share = new RateShare().down] = shares;
  return { limited, shares, share, refill };
}

test("a worker whose peers wait is granted the bytes of the elapsed time, as far as it uses them", (t) => {
  const { limited, share, refill } = scene(20 * block);
  refill(1);
  t.is(share.grantedBytes, 0, "no peer waits");
  t.false(limited.isReached);
  share.setWaiting(1, 100 * block);
  t.true(limited.isReached);
  let used = 0;
  for (let time = 0; time < 100; time++) {
    limited.refill(50);
    used += share.grantedBytes;
    share.take(share.grantedBytes);
  }
  // The bytes of 5 s, and the bytes saved up before.
  t.true(used >= 100 * block && used <= 103 * block, `${used / block} blocks`);
});

test("a limit is used up while its peers take all bytes, and not while they take few", (t) => {
  const { limited, share, refill } = scene(20 * block);
  const takeFor = (seconds: number, most: number): void => {
    for (let time = 0; time < seconds * 20; time++) {
      refill(0.05);
      share.take(Math.min(share.grantedBytes, most));
    }
  };
  share.setWaiting(1, 100 * block);
  takeFor(3, Infinity);
  t.true(limited.isUsedUp);
  share.setWaiting(1, block);
  takeFor(3, block / 4);
  t.true(limited.isReached, "a slow peer waits at every look");
  t.false(limited.isUsedUp);
});

test("the bytes that a slow worker leaves go to the others within a second", (t) => {
  const { limited, shares } = scene(40 * block, 2);
  const [slow = new RateShare().down, fast = slow] = shares;
  slow.setWaiting(1, block);
  fast.setWaiting(1, 100 * block);
  const fastBytes = (seconds: number): number => {
    let used = 0;
    for (let time = 0; time < seconds * 20; time++) {
      limited.refill(50);
      slow.take(Math.min(slow.grantedBytes, block / 4));
      used += fast.grantedBytes;
      fast.take(fast.grantedBytes);
    }
    return used;
  };
  fastBytes(1);
  const slowBytes = 5 * block;
  t.true(fastBytes(4) >= 4 * 0.95 * (40 * block - slowBytes));
});

test("a limit that no peer waits for costs no further work once its bytes are saved up", (t) => {
  const { limited, share, refill } = scene(1_000_000);
  let recalls = 0;
  const recall = share.recall.bind(share);
  share.recall = () => {
    recalls++;
    return recall();
  };
  refill(1);
  t.true(recalls > 0);
  recalls = 0;
  refill(60);
  t.is(recalls, 0);
  t.true(limited.isIdle);
  share.grant(block);
  refill(1);
  t.is(share.grantedBytes, 0, "the worker gave the bytes back");
  share.setWaiting(1, 100 * block);
  refill(1);
  t.true(share.grantedBytes >= block);
  t.false(limited.isIdle);
});

test("bytes that no peer uses are not saved up beyond a burst", (t) => {
  const { shares, refill } = scene(1_000_000, 2);
  for (const share of shares) share.setWaiting(5, 2 ** 30);
  refill(60);
  const saved = shares.reduce((sum, share) => sum + share.grantedBytes, 0);
  t.true(saved <= 125_000 + 2 * block, `${saved} bytes`);
  // One worker stops waiting: the other gets its bytes.
  shares[0]?.setWaiting(0, 0);
  shares[1]?.take(shares[1].grantedBytes);
  refill(0.05);
  t.is(shares[0]?.grantedBytes, 0);
  t.true((shares[1]?.grantedBytes ?? 0) > 100_000);
});

test("a slow limit saves up for a block, and one worker after the other gets a block", (t) => {
  const { shares, refill } = scene(1_024, 3);
  for (const share of shares) share.setWaiting(1, block);
  const granted = () => shares.map(({ grantedBytes }) => grantedBytes / block);
  refill(15.9);
  t.deepEqual(granted(), [0, 0, 0]);
  refill(0.2);
  t.deepEqual(granted(), [1, 0, 0]);
  refill(32);
  t.deepEqual(granted(), [1, 1, 1]);
});

test("protocol bytes of all workers count, also when their counters wrap", (t) => {
  const { shares, share, refill } = scene(20 * block, 2);
  for (const one of shares) one.setWaiting(1, 2 ** 30);
  share.countProtocol(2 ** 31 - 1);
  refill(0.05);
  for (const one of shares) one.take(one.grantedBytes);
  share.countProtocol(10);
  shares[1]?.countProtocol(block / 4 - 10);
  refill(0.1);
  const granted = shares.reduce((sum, one) => sum + one.grantedBytes, 0);
  t.is(granted, 2 * block, "half a block of the first refill, and 1.75 of the next two");
});

test("another rate takes back what was granted under the old one", (t) => {
  const { limited, share, refill } = scene(10_000_000);
  share.setWaiting(1, 2 ** 30);
  refill(1);
  t.true(share.grantedBytes > 1_000_000);
  limited.setRates(10_000);
  t.deepEqual([share.grantedBytes, share.rate], [0, 10_000]);
  refill(1);
  t.is(share.grantedBytes, 0);
});
