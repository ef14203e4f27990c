import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import { Swarm } from "../support/swarm/swarm.ts";

async function untilTrue(isTrue: () => boolean): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop
  while (!isTrue()) await sleep(20);
}

test("L05: a banned peer is closed, and its address stays away from every source, also after a restart", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes: 32 * 1024, files: 4 << 20 });
  const state = swarm.folder("state").path;
  const folder = swarm.folder("leecher").path;
  const engine = { bind: ["0.0.0.0"], localDiscovery: false, dht: false, portMapping: false };
  const banned = await swarm.pacedSeeder({ host: "127.0.0.2", bytesPerSecond: 1 << 20 });
  const peer = { host: banned.host, port: banned.port };
  {
    const { coordinator, record } = await swarm.join({
      engine: { ...engine, stateDirectory: state },
      torrent: { peers: [peer] },
      folder,
    });
    const { torrent } = record;
    await untilTrue(() => torrent.progress.haveBytes > 0);
    await coordinator.ban(["127.0.0.2"]);
    await untilTrue(() => torrent.progress.peers === 0);
    torrent.addPeer(peer);
    await sleep(1_000);
    t.is(torrent.progress.peers, 0);
    await coordinator.close();
  }
  const connections = banned.connections;
  const { coordinator, record } = await swarm.join({
    engine: { ...engine, stateDirectory: state },
    torrent: { peers: [peer] },
    folder,
  });
  await sleep(2_000);
  t.is(banned.connections, connections, "no connection after the restart");
  await coordinator.liftBan(["127.0.0.2"]);
  record.torrent.addPeer(peer);
  await record.torrent.completed;
  t.true(banned.connections > connections);
});

test("L05: a disconnected peer is closed, and may come back", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes: 32 * 1024, files: 2 << 20 });
  const seeder = await swarm.pacedSeeder({ bytesPerSecond: 1 << 20 });
  const peer = { host: seeder.host, port: seeder.port };
  const { record } = await swarm.join({ torrent: { peers: [peer] } });
  const { torrent } = record;
  const reasons: (string | undefined)[] = [];
  torrent.on("peer", ({ connected, reason }) => {
    if (!connected) reasons.push(reason);
  });
  await untilTrue(() => torrent.progress.haveBytes > 0);
  torrent.disconnect(peer);
  await untilTrue(() => reasons.length > 0);
  t.is(reasons[0], "disconnected");
  torrent.addPeer(peer);
  await torrent.completed;
});
