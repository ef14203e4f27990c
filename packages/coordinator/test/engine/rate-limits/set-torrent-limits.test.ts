import test from "ava";
import { setTorrentLimits } from "../../../src/engine/rate-limits/set-torrent-limits.ts";
import { makeScene } from "../../support/engine-scene.ts";

test("new limits of a torrent hold at each worker at once, and are recorded", (t) => {
  const { addJob, engine, file, ref } = makeScene({ workers: 2 });
  const peers = [ref(0), ref(1)];
  const job = addJob();
  setTorrentLimits(engine, job, { torrent: job.id, limits: { up: 5_000 } });
  for (const peer of peers) t.like(peer.casts("set-torrent-limits").at(-1), { torrent: job.id });
  t.like(file.casts("save-job").at(-1), { facts: { settings: { limits: { up: 5_000 } } } });
  t.deepEqual(Object.keys(engine.rates.renewTorrentShare(job.id, 0)), ["limits"]);
  setTorrentLimits(engine, job, { torrent: job.id, limits: {} });
  for (const peer of peers)
    t.deepEqual(peer.casts("set-torrent-limits").at(-1), { torrent: job.id });
  t.false("limits" in (file.casts("save-job").at(-1)?.facts.settings ?? {}));
});
