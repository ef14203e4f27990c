import test from "ava";
import type { LiveEngineSettings } from "@troupe/control";
import { torrentWeight } from "@troupe/messages";
import { readMetrics } from "../../../src/engine/metrics/read-metrics.ts";
import { changeSettings } from "../../../src/engine/settings/change-settings.ts";
import { shareSlots } from "../../../src/engine/choking/share-slots.ts";
import { slotsOf } from "../../../src/torrent/choking/slot-level.ts";
import { tendSlots } from "../../../src/torrent/choking/give-slots.ts";
import { titForTat } from "../../../src/torrent/choking/strategies/tit-for-tat.ts";
import type { ConnectedPeer } from "../../../src/torrent/swarm/connected-peers.ts";
import type { JobWithContent } from "../../../src/torrent/torrent-job.ts";
import { blankFigures } from "../../support/choker-scene.ts";
import { changeJob, makeScene, putIn } from "../../support/engine-scene.ts";

/** Two torrents with five interested peers each, in an engine of so many slots. */
function scene(uploadSlots: number, limits: LiveEngineSettings = {}, group?: string) {
  const { addJob, engine } = makeScene({ limits });
  Object.assign(engine.options, { uploadSlots });
  const connect = (job: JobWithContent): void => {
    for (let place = 0; place < 5; place++) {
      job.choker.interested({} as ConnectedPeer, `${place}`, {
        nowMs: 0,
        random: { next: () => 0 },
        strategy: titForTat,
        slots: 1,
        figuresOf: () => blankFigures,
      });
    }
    tendSlots(engine, job);
  };
  const [one, other] = [addJob(group === undefined ? {} : { settings: { group } }), addJob()];
  connect(one);
  connect(other);
  const slots = (job: JobWithContent): number => slotsOf(engine.uploadSlots.levels, job);
  return { engine, one, other, slots };
}

test("a paused torrent takes no slots from others", (t) => {
  const { engine, one, other, slots } = scene(4);
  shareSlots(engine);
  t.deepEqual([slots(one), slots(other)], [2, 2]);
  putIn(other, "paused");
  shareSlots(engine);
  t.is(slots(one), 4);
});

for (const [weight, due] of [
  [1, [3, 3]],
  [2, [4, 2]],
  [8, [6, 1]],
] as const) {
  test(`a torrent of weight ${weight} has its share of six slots beside a torrent of weight 1`, (t) => {
    const { engine, one, other, slots } = scene(6);
    one.weight = torrentWeight(weight);
    shareSlots(engine);
    t.deepEqual([slots(one), slots(other)], due);
  });
}

test("L09: a group has its slots at most, and the other torrents get the rest", (t) => {
  const groups = { films: { uploadSlots: 2 } };
  const { engine, one, other, slots } = scene(8, { groups }, "films");
  shareSlots(engine);
  t.deepEqual([slots(one), slots(other)], [2, 6]);
});

test("L09: a change of a group's slots, and a move to another group, hold at once", (t) => {
  const { engine, one, other, slots } = scene(8, {}, "films");
  shareSlots(engine);
  tendSlots(engine, one);
  t.deepEqual([slots(one), one.choker.isDue(0)], [4, false]);
  const groups = { films: { uploadSlots: 1 }, books: { uploadSlots: 3 } };
  changeSettings(engine, { changes: { groups } });
  t.deepEqual([slots(one), slots(other)], [1, 7]);
  t.true(one.choker.isDue(0), "the next tending gives the slots anew");
  tendSlots(engine, one);
  changeJob(engine, one, { group: "books" });
  t.deepEqual([slots(one), one.choker.isDue(0)], [3, true]);
});

test("L09: a move between groups without a bound shares no slots anew", (t) => {
  const groups = { films: { uploadSlots: 2 }, books: {} };
  const { engine, one } = scene(8, { groups });
  shareSlots(engine);
  const { levels } = engine.uploadSlots;
  for (const group of ["books", "music", null]) changeJob(engine, one, { group });
  t.is(engine.uploadSlots.levels, levels);
  changeJob(engine, one, { group: "films" });
  const { levels: ofFilms } = engine.uploadSlots;
  t.not(ofFilms, levels);
  changeJob(engine, one, { group: null });
  t.not(engine.uploadSlots.levels, ofFilms);
});

test("L09: the gauge of upload slots counts the slots of groups with a bound, and of torrents that need no more", (t) => {
  const groups = { films: { uploadSlots: 2 } };
  for (const uploadSlots of [6, 30]) {
    const { engine } = scene(uploadSlots, { groups }, "films");
    shareSlots(engine);
    const gauge = readMetrics(engine).find(({ name }) => name === "troupe_upload_slots");
    t.deepEqual(gauge?.series, [{ labels: {}, value: uploadSlots }]);
  }
});
