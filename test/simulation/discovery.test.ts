// The ways by which the production engine finds peers lead into one directory, in virtual time.

import test from "ava";
import type { AddressSource } from "@troupe/messages";
import { encodeLocalAnnounce, localGroups } from "@troupe/protocol/discovery";
import { formatMagnet } from "@troupe/protocol/magnet";
import { statusOf } from "../../packages/coordinator/src/torrent/report/status.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { DialWatch } from "../support/simulated/swarm/dial-watch.ts";
import { honestSeeder, peerPort, type PeerScript } from "../support/simulated/swarm/peer.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

/** From and to machines of the local network. */
const discoveryPort = 6_771;
/** A machine of the engine's network. */
const neighbour = "45.10.0.9";
/** Scripted peers, in the order in which they are added. */
const [ofTracker, ofUser, ofLink, ofPeer, ofAll] = [1, 2, 3, 4, 5].map((n) => `45.10.2.${n}`) as [
  string,
  string,
  string,
  string,
  string,
];

const idle: PeerScript = { ...honestSeeder, hasShare: 0, isUnannounced: true };

function addressOf(host: string) {
  return { host, port: peerPort };
}

/** A magnet in a swarm in which each way names another peer, and all but local discovery name the last one too. */
async function join() {
  const swarm = new SimulatedSwarm(calmScenario(1));
  const { torrent, tracker, world } = swarm;
  const engine = await swarm.addEngine(engineHost, { localDiscovery: true });
  const watch = new DialWatch(engine.machine, () => world.scheduler.nowMs);
  const named = [ofPeer, ofAll].map((host) => ({ ...addressOf(host), flags: 0 }));
  await swarm.addPeer({ ...idle, peerExchange: { names: () => named } });
  for (let n = 2; n <= 5; n++) await swarm.addPeer(idle);
  for (const host of [ofTracker, ofAll]) tracker.add(addressOf(host));
  const { infoHash, trackers } = torrent.metainfo;
  const links = [ofLink, ofAll].map((host) => `&x.pe=${host}:${peerPort}`).join("");
  const magnet = `${formatMagnet({ infoHashes: { v1: infoHash }, trackers: trackers.flat() })}${links}`;
  const peers = [ofUser, ofAll].map(addressOf);
  await world.settle(engine.addLink(torrent, { magnet, peers }));
  return { engine, swarm, watch, world };
}

/** A scripted peer on the local network, which announces itself. */
async function announceNeighbour({ torrent, world }: SimulatedSwarm): Promise<void> {
  const { datagrams, sockets } = world.machine({ addresses: [neighbour] }).ports("neighbour");
  const received = (): void => {};
  const socket = await world.settle(
    datagrams.bind({ host: "0.0.0.0", port: discoveryPort, isShared: true }, { received }),
  );
  await world.settle(
    sockets.listen(addressOf("0.0.0.0"), () => ({ bytes: () => {}, closed: () => {} })),
  );
  const { infoHash } = torrent.metainfo;
  socket.send(encodeLocalAnnounce(4, { port: peerPort, infoHash, cookie: "x" }), localGroups[4]);
}

test("EX11, PI2: user, link, tracker, peer exchange and local discovery feed one directory, which knows the source of each peer", async (t) => {
  const { engine, swarm, watch, world } = await join();
  await world.run(5_000);
  await announceNeighbour(swarm);
  await world.run(5_000);
  const [job] = engine.allJobs;
  if (job === undefined || engine.engine === undefined) return t.fail();
  const sources: Readonly<Record<string, readonly AddressSource[]>> = {
    [ofTracker]: ["tracker-internet"],
    [ofUser]: ["user"],
    [ofLink]: ["magnet"],
    [ofPeer]: ["pex-internet"],
    [ofAll]: ["user", "magnet", "tracker-internet", "pex-internet"],
  };
  const connected = statusOf(engine.engine, job).peers;
  t.deepEqual(Object.fromEntries(connected.map((peer) => [peer.host, peer.sources])), sources);
  t.deepEqual(job.directory.sourcesOf(neighbour, peerPort), ["local-discovery"]);
  t.deepEqual(
    watch.dials.map(({ to }) => to.host).toSorted(),
    [...Object.keys(sources), neighbour].toSorted(),
    "each is dialled once, also the peer that four ways have named",
  );
  await world.settle(engine.stopTorrents());
});
