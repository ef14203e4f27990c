import test from "ava";
import { torrentWeight } from "@troupe/messages";
import { openAtWorker } from "../../src/torrent/join-swarm.ts";
import { makeScene } from "../support/engine-scene.ts";

for (const weight of [1, 2, 8]) {
  test(`a peer-worker opens a torrent with its weight of ${weight}`, (t) => {
    const { addJob, engine, peerWorker, ref } = makeScene();
    const job = addJob();
    job.weight = torrentWeight(weight);
    openAtWorker(engine, job, peerWorker(0));
    t.is(ref(0).casts("open-torrent").at(-1)?.weight, torrentWeight(weight));
  });
}
