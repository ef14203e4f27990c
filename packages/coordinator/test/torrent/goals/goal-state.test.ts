import test from "ava";
import {
  reachedGoals,
  shareRatio,
  type SeedFigures,
} from "../../../src/torrent/goals/goal-state.ts";

const figures: SeedFigures = {
  uploadedBytes: 150,
  downloadedBytes: 100,
  haveBytes: 100,
  seedSeconds: 60,
  idleSeconds: 10,
};

test("the ratio is that of sent bytes to received bytes, or to bytes that were there before", (t) => {
  t.is(shareRatio(figures), 1.5);
  t.is(shareRatio({ ...figures, downloadedBytes: 0 }), 1.5);
  t.is(shareRatio({ ...figures, downloadedBytes: 300 }), 0.5);
  t.is(shareRatio({ uploadedBytes: 0, downloadedBytes: 0, haveBytes: 0 }), 0);
});

test("any reached goal is enough, unless all are wanted", (t) => {
  t.deepEqual(reachedGoals({ ratio: 1.5 }, figures), ["ratio"]);
  t.deepEqual(reachedGoals({ ratio: 1.6 }, figures), []);
  t.deepEqual(reachedGoals({ seedSeconds: 60, ratio: 2 }, figures), ["seed-time"]);
  t.deepEqual(reachedGoals({ seedSeconds: 60, ratio: 2, until: "all" }, figures), []);
  t.deepEqual(reachedGoals({ seedSeconds: 60, ratio: 1, until: "all" }, figures), [
    "ratio",
    "seed-time",
  ]);
  t.deepEqual(reachedGoals({ idleSeconds: 10 }, figures), ["idle-time"]);
});

test("a torrent without goals never reaches them", (t) => {
  t.deepEqual(reachedGoals({}, figures), []);
  t.deepEqual(reachedGoals({ until: "all" }, figures), []);
});
