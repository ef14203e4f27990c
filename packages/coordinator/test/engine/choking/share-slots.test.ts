import test from "ava";
import { torrentWeight } from "@troupe/messages";
import { shareSlots } from "../../../src/engine/choking/share-slots.ts";
import { slotsAt } from "../../../src/torrent/choking/slot-level.ts";
import { tendSlots } from "../../../src/torrent/choking/give-slots.ts";
import { titForTat } from "../../../src/torrent/choking/strategies/tit-for-tat.ts";
import type { ConnectedPeer } from "../../../src/torrent/swarm/connected-peers.ts";
import type { JobWithContent } from "../../../src/torrent/torrent-job.ts";
import { blankFigures } from "../../support/choker-scene.ts";
import { makeScene, putIn } from "../../support/engine-scene.ts";

/** Two torrents with five interested peers each, in an engine of so many slots. */
function scene(uploadSlots: number) {
  const { addJob, engine } = makeScene();
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
  const [one, other] = [addJob(), addJob()];
  connect(one);
  connect(other);
  const slotsOf = (job: JobWithContent): number => slotsAt(engine.uploadSlots.level, job.weight);
  return { engine, one, other, slotsOf };
}

test("a paused torrent takes no slots from others", (t) => {
  const { engine, one, other, slotsOf } = scene(4);
  shareSlots(engine);
  t.deepEqual([slotsOf(one), slotsOf(other)], [2, 2]);
  putIn(other, "paused");
  shareSlots(engine);
  t.is(slotsOf(one), 4);
});

for (const [weight, slots] of [
  [1, [3, 3]],
  [2, [4, 2]],
  [8, [6, 1]],
] as const) {
  test(`a torrent of weight ${weight} has its share of six slots beside a torrent of weight 1`, (t) => {
    const { engine, one, other, slotsOf } = scene(6);
    one.weight = torrentWeight(weight);
    shareSlots(engine);
    t.deepEqual([slotsOf(one), slotsOf(other)], slots);
  });
}
