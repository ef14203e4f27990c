// An engine that dies more often than it may be restarted: every torrent is told, and nothing waits for ever.

import test from "ava";
import { endActor } from "@troupe/coordinator/testing";
import { Swarm } from "../support/swarm/swarm.ts";

/** Restarts that the engine has within a minute (supervision-tree.ts). */
const restarts = 5;

test("after six crashes of the engine in a minute torrents fail with engine-lost, and close() settles", async (t) => {
  await using swarm = await Swarm.open(
    { pieceLengthBytes: 64 * 1024, files: 64 * 1024 },
    { host: "threads" },
  );
  const { coordinator, record } = await swarm.join({ torrent: { useTrackers: false } });
  const { torrent } = record;
  const lost = t.throwsAsync(torrent.completed, { code: "engine-lost" });
  for (let death = 1; death <= restarts; death++) {
    endActor(coordinator, "engine");
    await record.until(`restart ${death}`, () => record.restartsOf("engine") >= death);
  }
  endActor(coordinator, "engine");
  await lost;
  t.like(record.errors, [{ code: "engine-lost" }]);
  t.is(record.workers.findLast(({ name }) => name === "engine")?.state, "stopped");
  const directory = swarm.folder("late").path;
  await t.throwsAsync(coordinator.add(swarm.metainfo, { directory }), { code: "engine-lost" });
  await t.notThrowsAsync(coordinator.close());
});
