import test from "ava";
import { evenWeight, torrentWeight } from "@troupe/messages";
import { weightOf, weightOfPriority } from "../../src/torrent/weight.ts";
import { makeScene } from "../support/engine-scene.ts";

test("a torrent weighs 1 until it is given another weight", (t) => {
  const job = makeScene().addJob();
  t.is(weightOf(job), evenWeight);
  job.weight = torrentWeight(8);
  t.is(weightOf(job), torrentWeight(8));
});

test("L07: the priorities high, normal and low have weights of 4 : 2 : 1", (t) => {
  const low = weightOfPriority("low");
  t.is(weightOfPriority("high") / low, 4);
  t.is(weightOfPriority("normal") / low, 2);
  t.is(weightOfPriority("normal"), evenWeight);
});
