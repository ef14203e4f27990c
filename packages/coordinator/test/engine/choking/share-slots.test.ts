import test from "ava";
import { shareSlots } from "../../../src/engine/choking/share-slots.ts";
import { tendSlots } from "../../../src/torrent/choking/give-slots.ts";
import { titForTat } from "../../../src/torrent/choking/strategies/tit-for-tat.ts";
import type { ConnectedPeer } from "../../../src/torrent/swarm/connected-peers.ts";
import type { JobWithContent } from "../../../src/torrent/torrent-job.ts";
import { blankFigures } from "../../support/choker-scene.ts";
import { makeScene, putIn } from "../../support/engine-scene.ts";

test("a paused torrent takes no slots from others", (t) => {
  const { addJob, engine } = makeScene();
  Object.assign(engine.options, { uploadSlots: 4 });
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
  shareSlots(engine);
  t.is(engine.uploadSlots.perTorrent, 2);
  putIn(other, "paused");
  shareSlots(engine);
  t.is(engine.uploadSlots.perTorrent, 4);
});
