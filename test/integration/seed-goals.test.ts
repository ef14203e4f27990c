// A complete torrent that reaches its goals stops by itself, and stays stopped.

import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test from "ava";
import {
  decodeAnnounceQuery,
  encodeAnnounceReply,
  type AnnounceQuery,
} from "@troupe/protocol/tracker";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { until } from "../support/time/until.ts";

const pieceLengthBytes = 64 * 1024;
const shape = { pieceLengthBytes, files: 16 * pieceLengthBytes };

/** A tracker that knows no peers, and the announces to it. */
async function emptyTracker() {
  const heard: AnnounceQuery[] = [];
  const server = createServer(({ url = "" }, response) => {
    heard.push(decodeAnnounceQuery(url.slice(url.indexOf("?") + 1)));
    response.end(encodeAnnounceReply({ intervalSeconds: 1_800, peers: [], compact: true }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    heard,
    url: `http://127.0.0.1:${port}/announce`,
    [Symbol.dispose]: () => server.close(),
  };
}

test("a seed stops at its ratio, announces its last figures, and is not started by a restore", async (t) => {
  await using swarm = await Swarm.open(shape);
  using tracker = await emptyTracker();
  const stateDirectory = swarm.folder("state").path;
  const engine = { stateDirectory };
  const reached: unknown[] = [];
  const { coordinator, record } = await swarm.seed({
    engine,
    torrent: { trackers: [tracker.url], goals: { ratio: 1 } },
  });
  const { torrent } = record;
  torrent.on("goal-reached", (event) => void reached.push(event.reached));
  const { port } = coordinator;
  const leecher = await swarm.join({
    torrent: { useTrackers: false, peers: [{ host: "127.0.0.1", port }] },
  });
  await leecher.record.torrent.completed;
  await record.until("the stop", () => torrent.state === "stopped");
  t.deepEqual(reached, [["ratio"]]);
  t.is(torrent.uploaded, shape.files);
  t.like(tracker.heard.at(-1), { event: "stopped", uploaded: shape.files, left: 0 });
  t.is(torrent.lifetime?.uploadedBytes, shape.files);

  await coordinator.close();
  await using next = await startEngine({ port: 0, bind: ["127.0.0.1"], stateDirectory });
  const { torrents } = await next.restore();
  t.is(torrents[0]?.state, "stopped");
  t.deepEqual(torrents[0]?.goals, { ratio: 1 });
});

test("goals that are set while a torrent seeds stop it, and goals that are removed do not", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { record } = await swarm.seed({ torrent: { useTrackers: false } });
  const { torrent } = record;
  const reached: unknown[] = [];
  torrent.on("goal-reached", (event) => void reached.push(event.reached));
  torrent.setGoals({ ratio: 5, idleSeconds: 1, until: "any" });
  await record.until("the stop", () => torrent.state === "stopped");
  t.deepEqual(reached, [["idle-time"]]);
  torrent.setGoals({});
  torrent.start();
  await record.until("seeding again", () => torrent.state === "active");
  // Without peers it tells no figures.
  const seedSeconds = async (): Promise<number> =>
    (await torrent.status()).progress.lifetime?.seedSeconds ?? 0;
  const end = (await seedSeconds()) + 2;
  await until(
    "the torrent has seeded for longer than its last goal",
    async () => (await seedSeconds()) >= end,
  );
  t.deepEqual([torrent.state, reached.length], ["active", 1]);
});

for (const [action, isKept] of [
  ["remove", true],
  ["remove-with-files", false],
] as const)
  test(`F10: at its goals a torrent is removed: ${action}`, async (t) => {
    await using swarm = await Swarm.open(shape);
    const { coordinator, record } = await swarm.seed({ torrent: { useTrackers: false } });
    const { torrent } = record;
    const [file] = torrent.files;
    torrent.setGoals({ idleSeconds: 1, action });
    await record.until("the end", () => coordinator.torrents.length === 0);
    const isKnown = async (): Promise<boolean> =>
      await torrent.status().then(
        () => true,
        () => false,
      );
    await until("the torrent is unknown", async () => !(await isKnown()));
    if (isKept) t.true(existsSync(file?.path ?? ""));
    else await until("the file is removed", () => !existsSync(file?.path ?? ""));
    await t.throwsAsync(torrent.status(), { code: "no-torrent" });
  });
