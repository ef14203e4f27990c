import test from "ava";
import { burstBytes, RateShare } from "@troupe/messages";

test("both threads see the grants, the demand and the protocol bytes of a share, each way apart", (t) => {
  const engine = new RateShare();
  const worker = new RateShare(engine.memory);
  engine.down.setRates(5_000_000, 0);
  engine.up.setRates(0, 20_000);
  t.deepEqual([worker.down.rate, worker.down.peerRate], [5_000_000, 0]);
  t.deepEqual([worker.up.rate, worker.up.peerRate], [0, 20_000]);
  engine.down.grant(32_768);
  worker.down.take(16_384);
  worker.down.setWaiting(3, 2 ** 40);
  worker.up.countProtocol(17);
  t.deepEqual([engine.down.grantedBytes, engine.up.grantedBytes], [16_384, 0]);
  t.deepEqual([engine.down.waitingWeight, engine.down.wantedBytes], [3, 2 ** 30]);
  t.deepEqual([engine.down.protocolBytes, engine.up.protocolBytes], [0, 17]);
  worker.down.take(20_000);
  t.is(engine.down.recall(), -3_616, "bytes that came without a grant");
  t.is(worker.down.grantedBytes, 0);
});

test("the weight of the waiting peers is exact to a 64th", (t) => {
  const { down } = new RateShare();
  for (const weight of [0, 1 / 64, 11.5, 200_000]) {
    down.setWaiting(weight, 1);
    t.is(down.waitingWeight, weight);
  }
});

test("a burst is 250 ms of the rate, or a block where that is more", (t) => {
  t.is(burstBytes(1_000), 16_384);
  t.is(burstBytes(1_000_000), 250_000);
  t.is(burstBytes(1e12), 2 ** 30, "it fits the words of a share");
});
