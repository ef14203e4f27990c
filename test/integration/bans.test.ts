import test from "ava";
import { Swarm } from "../support/swarm/swarm.ts";
import { until } from "../support/time/until.ts";

test("L05: a banned peer is closed, and its address stays away from every source, also after a restart", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes: 32 * 1024, files: 4 << 20 });
  const state = swarm.folder("state").path;
  const folder = swarm.folder("leecher").path;
  const engine = { bind: ["0.0.0.0"], localDiscovery: false, dht: false, portMapping: false };
  const banned = await swarm.pacedSeeder({ host: "127.0.0.2", isShut: true });
  banned.allow(1 << 20);
  // Dialled after the banned peer: once it is connected, the banned peer was not dialled.
  const other = await swarm.pacedSeeder({ isShut: true });
  const peer = { host: banned.host, port: banned.port };
  {
    const { coordinator, record } = await swarm.join({
      engine: { ...engine, stateDirectory: state },
      torrent: { peers: [peer] },
      folder,
    });
    const { torrent } = record;
    await record.until("a piece", () => record.pieces.length > 0);
    await coordinator.ban(["127.0.0.2"]);
    await banned.whenAlone();
    torrent.addPeer(peer);
    torrent.addPeer(other);
    await until("the other peer is connected", () => other.sockets.size > 0);
    t.is(banned.connections, 1);
    await coordinator.close();
  }
  await other.whenAlone();
  const { coordinator, record } = await swarm.join({
    engine: { ...engine, stateDirectory: state },
    torrent: { peers: [peer, other] },
    folder,
  });
  await until("the other peer is connected again", () => other.sockets.size > 0);
  t.is(banned.connections, 1, "no connection after the restart");
  await coordinator.liftBan(["127.0.0.2"]);
  record.torrent.addPeer(peer);
  await until("the banned peer is connected again", () => banned.connections === 2);
  for (const seeder of [banned, other]) seeder.open();
  await record.torrent.completed;
});

test("L05: a disconnected peer is closed, and may come back", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes: 32 * 1024, files: 2 << 20 });
  const seeder = await swarm.pacedSeeder({ isShut: true });
  seeder.allow(1 << 20);
  const peer = { host: seeder.host, port: seeder.port };
  const { record } = await swarm.join({ torrent: { peers: [peer] } });
  const { torrent } = record;
  const reasons: (string | undefined)[] = [];
  torrent.on("peer", ({ connected, reason }) => {
    if (!connected) reasons.push(reason);
  });
  await record.until("a piece", () => record.pieces.length > 0);
  torrent.disconnect(peer);
  await record.until("its end", () => reasons.length > 0);
  t.is(reasons[0], "disconnected");
  seeder.open();
  torrent.addPeer(peer);
  await torrent.completed;
});
