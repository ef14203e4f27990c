// Which trackers a private torrent announces to, and the same torrent without the flag.

import test from "ava";
import { encodeAnnounceReply } from "@troupe/protocol/tracker";
import { patienceMs } from "../support/simulated/runs/download.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { honestSeeder, type PeerScript } from "../support/simulated/swarm/peer.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const minute = 60_000;
const offering: PeerScript = { ...honestSeeder, metadata: { answers: "rightly" } };
const trackers = ["http://user.example/announce", "udp://user-udp.example:80"];

/** A download beside two trackers of the user, which count what they hear. */
async function download(isPrivate: boolean, isMagnet: boolean) {
  const scenario = calmScenario(isPrivate ? 1 : 2, { peers: [offering], isPrivate });
  const swarm = new SimulatedSwarm(scenario);
  const { torrent, tracker, world } = swarm;
  const heard = { events: [] as string[], datagrams: 0 };
  world.names.set("user.example", "45.40.0.1");
  world.names.set("user-udp.example", "45.40.0.2");
  world.http.serve("http://user.example/announce", ({ url }) => {
    heard.events.push(url.searchParams.get("event") ?? "regular");
    return { body: encodeAnnounceReply({ intervalSeconds: 60, peers: [], compact: true }) };
  });
  const { datagrams } = world.machine({ addresses: ["45.40.0.2"] }).ports("user tracker");
  const received = (): void => void heard.datagrams++;
  await world.settle(datagrams.bind({ host: "0.0.0.0", port: 80 }, { received }));
  const engine = await swarm.addEngine(engineHost, scenario);
  await swarm.addPeer(offering);
  const added = isMagnet
    ? engine.addLink(torrent, { settings: { trackers } })
    : engine.add(torrent, "download", undefined, { settings: { trackers } });
  await world.settle(added);
  await world.runUntil(() => engine.jobOf(torrent)?.isComplete === true, patienceMs);
  await world.run(5 * minute);
  await world.settle(engine.stopTorrents());
  const warnings = engine.events.flatMap((event) => (event.event === "warning" ? event.code : []));
  return { ...heard, own: tracker.heard.map((line) => line.split(" ")[0]), warnings };
}

test("a private torrent announces to no tracker of its user; the same torrent without the flag does", async (t) => {
  const closed = await download(true, false);
  t.deepEqual([closed.events, closed.datagrams], [[], 0]);
  t.true(closed.warnings.includes("tracker-not-for-private"));
  const open = await download(false, false);
  t.like(open.events, { 0: "started" });
  t.is(open.events.at(-1), "stopped");
  t.true(open.events.includes("completed"));
  t.true(open.datagrams > 0);
  t.deepEqual(open.warnings, []);
  for (const { own } of [closed, open]) {
    t.deepEqual([own[0], own.includes("completed"), own.at(-1)], ["started", true, "stopped"]);
  }
});

test("a magnet that turns out private tells the trackers of its user `stopped`, and keeps those of its link", async (t) => {
  const closed = await download(true, true);
  t.deepEqual(closed.events, ["started", "stopped"]);
  t.true(closed.warnings.includes("tracker-not-for-private"));
  t.deepEqual(
    closed.own.filter((event) => event !== "regular"),
    ["started", "completed", "stopped"],
  );
  const open = await download(false, true);
  t.deepEqual(
    open.events.filter((event) => event !== "regular"),
    ["started", "completed", "stopped"],
  );
  t.deepEqual(
    open.own.filter((event) => event !== "regular"),
    ["started", "completed", "stopped"],
  );
});
