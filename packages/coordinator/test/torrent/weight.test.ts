import test from "ava";
import { evenWeight, torrentWeight } from "@troupe/messages";
import { weightOf } from "../../src/torrent/weight.ts";
import { makeScene } from "../support/engine-scene.ts";

test("a torrent weighs 1 until it is given another weight", (t) => {
  const job = makeScene().addJob();
  t.is(weightOf(job), evenWeight);
  job.weight = torrentWeight(8);
  t.is(weightOf(job), torrentWeight(8));
});
