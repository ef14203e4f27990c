// A newcomer that knows one leecher gets the seeder from it (BEP 11): we from each of these clients, and each of them from
// us. Each direction is a swarm of its own in one network:
//
//   tracker 1 ── seeder ── leecher ── newcomer      the seeder, ours, speaks no peer exchange,
//           └──────────────┘   └─ tracker 2 ─┘      and no tracker names the newcomer and the seeder to each other
//
// The seeder sends no payload, so that no peer completes. aria2 closes connections that send it nothing: its line is slow instead.

import test, { type ExecutionContext } from "ava";
import { Aria2 } from "../support/clients/aria2.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Opentracker } from "../support/clients/opentracker.ts";
import { Transmission } from "../support/clients/transmission.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { isLong } from "../support/lanes.ts";
import { longTest } from "../support/long-test.ts";
import { writePayload, type Payload } from "../support/files/payload.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { infoHashOf, writeTorrentFile } from "../support/files/torrent-file.ts";
import { Network, type NetworkClient } from "../support/network.ts";

const directions = [
  "from libtorrent",
  "from Transmission",
  "from aria2",
  "to libtorrent",
  "to Transmission",
  "to aria2",
  "private",
  "control",
] as const;
/** Long: over the slow line of aria2 it takes three minutes. */
const payloadBytes = isLong ? 16 << 20 : 1 << 20;
const seederMegabits = 0.75;

/** One of the swarms. */
interface SwarmOfThree {
  readonly infoHash: string;
  readonly payload: Payload;
  /** Paths of the .torrent: with tracker 1, tracker 2, both, and none. */
  readonly torrents: Readonly<Record<"first" | "second" | "both" | "none", string>>;
}

/** The network and its trackers. */
interface World {
  readonly seeders: NetworkClient;
  readonly leechers: NetworkClient;
  readonly newcomers: NetworkClient;
  readonly first: Opentracker;
  readonly second: Opentracker;
  readonly swarms: ReadonlyMap<(typeof directions)[number], SwarmOfThree>;
}

/** Everything that ends with the file. */
const stack = new AsyncDisposableStack();
let world: World;

test.before(async () => {
  const network = stack.use(await Network.of(4));
  const [trackers, seeders, leechers, newcomers] = network.clients;
  if (!trackers || !seeders || !leechers || !newcomers) throw new Error("bug: no machines");
  await seeders.holdPayload();
  const payloads = directions.map((direction, seed) => {
    const folder = newFolder();
    const name = direction.replace(" ", "-");
    const plan = { folder, name, pieceLengthBytes: 16_384, files: payloadBytes, seed };
    return [direction, writePayload(plan)] as const;
  });
  const hashes = payloads.map(([direction, payload]) =>
    infoHashOf(payload, direction === "private"),
  );
  const first = stack.use(await Opentracker.start(hashes, trackers));
  const second = stack.use(await Opentracker.start(hashes, trackers));
  const swarms = new Map(
    payloads.map(([direction, payload]) => {
      const isPrivate = direction === "private";
      const write = (...urls: readonly string[]): string =>
        writeTorrentFile({ ...payload, folder: newFolder() }, urls, isPrivate).path;
      const torrents = {
        first: write(first.url),
        second: write(second.url),
        both: write(first.url, second.url),
        none: write(),
      };
      return [direction, { infoHash: infoHashOf(payload, isPrivate), payload, torrents }];
    }),
  );
  world = { seeders, leechers, newcomers, first, second, swarms };
});

test.after.always(async () => {
  await stack.disposeAsync();
});

function newFolder(): string {
  return stack.adopt(temporaryFolder("exchange"), (folder) => folder.remove()).path;
}

function swarmOf(direction: (typeof directions)[number]): SwarmOfThree {
  const swarm = world.swarms.get(direction);
  if (swarm === undefined) throw new Error(`bug: no swarm ${direction}`);
  return swarm;
}

/** Starts the seeder of a swarm. Settles when the first tracker knows it. */
async function seed(
  { infoHash, payload, torrents }: SwarmOfThree,
  { folder } = payload,
): Promise<Troupe> {
  const seeder = await Troupe.seed({
    torrent: torrents.first,
    folder,
    within: world.seeders.within,
    arguments: ["--no-pex"],
  });
  stack.use(seeder);
  await world.first.knowsSeeder(infoHash);
  return seeder;
}

/** Settles when a peer on a machine has connected. */
async function meets(ours: Troupe, { ip4 }: NetworkClient): Promise<void> {
  await ours.event(
    "peer",
    ({ connected, address }) => connected === true && String(address).startsWith(`${ip4}:`),
  );
}

/** Starts our newcomer, which knows the leecher alone. */
async function joinAt({ torrents }: SwarmOfThree, port: number): Promise<Troupe> {
  return stack.use(
    await Troupe.download({
      torrent: torrents.none,
      folder: newFolder(),
      within: world.newcomers.within,
      arguments: ["--peer", `${world.leechers.ip4}:${port}`],
    }),
  );
}

/** Options of the leecher, where it runs. */
function leeching({ torrents }: SwarmOfThree) {
  const folder = newFolder();
  return { torrent: torrents.first, folder, within: world.leechers.within, peerExchange: true };
}

/** Options of the newcomer, where it runs. */
function joining({ torrents }: SwarmOfThree) {
  const folder = newFolder();
  return { torrent: torrents.second, folder, within: world.newcomers.within, peerExchange: true };
}

/** Our newcomer reaches the seeder through a leecher. */
async function weReach(t: ExecutionContext, seeder: Troupe, newcomer: Troupe): Promise<void> {
  await Promise.all([meets(seeder, world.newcomers), meets(newcomer, world.seeders)]);
  t.pass();
}

test.serial("we get a seeder from libtorrent", async (t) => {
  const swarm = swarmOf("from libtorrent");
  const seeder = await seed(swarm);
  const { ip4: host } = world.leechers;
  const leecher = stack.use(await Libtorrent.leech({ ...leeching(swarm), host }));
  await meets(seeder, world.leechers);
  await weReach(t, seeder, await joinAt(swarm, await leecher.port()));
});

// Transmission speaks every 90 s.
longTest("we get a seeder from Transmission", async (t) => {
  const swarm = swarmOf("from Transmission");
  const seeder = await seed(swarm);
  const leecher = stack.use(await Transmission.leech(leeching(swarm)));
  await meets(seeder, world.leechers);
  await weReach(t, seeder, await joinAt(swarm, leecher.port));
});

// aria2 names a peer that it dialled less than a minute ago, a minute after its connection with us, and closes connections
// that serve no peer for half a minute: an earlier seeder keeps it busy.
longTest("we get a seeder from aria2", async (t) => {
  const { seeders } = world;
  await seeders.letPayload();
  await seeders.limitLine(seederMegabits);
  const swarm = swarmOf("from aria2");
  const earlier = await seed(swarm);
  const announces = ["--bt-tracker-interval=10"];
  const leecher = stack.use(await Aria2.leech({ ...leeching(swarm), arguments: announces }));
  await meets(earlier, world.leechers);
  const newcomer = await joinAt(swarm, leecher.port);
  await meets(newcomer, world.leechers);
  const copy = writePayload({ ...swarm.payload, folder: newFolder() });
  await weReach(t, await seed(swarm, copy), newcomer);
  await seeders.holdPayload();
});

/** Our leecher. Settles when it has met the seeder and the second tracker knows it. */
async function weLeech(swarm: SwarmOfThree, seeder: Troupe): Promise<void> {
  const { second, leechers } = world;
  const torrent = swarm.torrents.both;
  const leecher = stack.use(await Troupe.download({ ...leeching(swarm), torrent }));
  await leecher.event("tracker", ({ url, ok }) => url === second.url && ok === true);
  await meets(seeder, leechers);
}

test.serial("libtorrent gets a seeder from us", async (t) => {
  const swarm = swarmOf("to libtorrent");
  const seeder = await seed(swarm);
  const { port } = await seeder.event("listening");
  await weLeech(swarm, seeder);
  const { ip4: host } = world.newcomers;
  const newcomer = stack.use(await Libtorrent.leech({ ...joining(swarm), host }));
  await meets(seeder, world.newcomers);
  const named = [`${world.seeders.ip4}:${port}`];
  t.deepEqual(await newcomer.exchanged(), named);
});

longTest("Transmission gets a seeder from us", async (t) => {
  const swarm = swarmOf("to Transmission");
  const seeder = await seed(swarm);
  await weLeech(swarm, seeder);
  stack.use(await Transmission.leech(joining(swarm)));
  await meets(seeder, world.newcomers);
  t.pass();
});

test.serial("aria2 gets a seeder from us", async (t) => {
  const swarm = swarmOf("to aria2");
  const seeder = await seed(swarm);
  await weLeech(swarm, seeder);
  stack.use(await Aria2.leech(joining(swarm)));
  await meets(seeder, world.newcomers);
  t.pass();
});

/**
 * Settles when a leecher of ours has named the seeder of a torrent that is not private to two newcomers, one after the other. Our
 * first message comes 10 to 20 s after a connection: a partner that was there before would have heard it.
 */
async function othersGetTwoMessages(): Promise<void> {
  const swarm = swarmOf("control");
  await weLeech(swarm, await seed(swarm));
  const { ip4: host } = world.newcomers;
  for (let count = 0; count < 2; count++) {
    // oxlint-disable-next-line no-await-in-loop
    await using newcomer = await Libtorrent.leech({ ...joining(swarm), host });
    // oxlint-disable-next-line no-await-in-loop
    await newcomer.exchanged();
  }
}

longTest("the newcomer of a private torrent gets no seeder from us", async (t) => {
  const swarm = swarmOf("private");
  const { leechers, newcomers } = world;
  const seeder = await seed(swarm);
  const leecher = stack.use(await Troupe.download(leeching(swarm)));
  const { port } = await leecher.event("listening");
  await meets(seeder, leechers);
  const peer = { host: leechers.ip4, port: Number(port) };
  const torrent = swarm.torrents.none;
  const { ip4: host } = newcomers;
  const newcomer = stack.use(await Libtorrent.leech({ ...joining(swarm), torrent, host, peer }));
  await meets(leecher, newcomers);
  await othersGetTwoMessages();
  t.deepEqual((await newcomer.figures()).exchanged, []);
  const hosts = seeder.all("peer").map(({ address }) => String(address).split(":")[0]);
  t.deepEqual([...new Set(hosts)], [leechers.ip4]);
});
