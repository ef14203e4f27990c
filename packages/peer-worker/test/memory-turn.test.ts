import test from "ava";

import { MemoryTurn } from "../src/memory-turn.ts";
import { WorkerBench } from "./support/worker-bench.ts";

const large = { name: "large" };
const small = { name: "small" };

test("others go on for five seconds, then wait for the one that found no memory", (t) => {
  const turn = new MemoryTurn<object>();
  turn.refused(large, 0);
  t.true(turn.mayAllot(small, 4_999 - 3_000));
  turn.refused(large, 4_000);
  t.true(turn.mayAllot(small, 4_999));
  t.false(turn.mayAllot(small, 5_000));
  t.true(turn.mayAllot(large, 5_000));
  turn.allotted(large);
  t.true(turn.mayAllot(small, 5_001));
});

test("a claim that is not tried for two seconds has lapsed", (t) => {
  const turn = new MemoryTurn<object>();
  turn.refused(large, 0);
  turn.refused(large, 5_500);
  t.false(turn.mayAllot(small, 7_499));
  t.true(turn.mayAllot(small, 7_500));
});

test("a torrent of large pieces gets memory though small ones would fill every gap", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 131_072 });
  const pieces = 100;
  const small = await bench.openTorrent({ had: ".".repeat(pieces), pieceLengthBytes: 16_384 });
  const large = await bench.openTorrent({ had: ".", pieceLengthBytes: 131_072 });
  const ann = await bench.meetSeed(small, "a", "#".repeat(pieces));
  await bench.lease(small, [...Array.from({ length: pieces }).keys()]);
  const ben = await bench.meetSeed(large, "b", "#");
  await bench.lease(large, [0]);
  t.deepEqual(ben.heard(), []);
  const owed = ann.heard();
  for (let second = 0; second < 12; second++) {
    owed.push(...ann.heardOnly("request"));
    ann.answer(owed.splice(0, 4));
    await bench.settle();
    for (const sealed of bench.said("piece-sealed") as { piece: number }[]) {
      await bench.had(small, sealed.piece);
    }
    await bench.advance(1_000);
  }
  t.true(ben.heardOnly("request").length > 0);
});
