// A download over TCP while hostile datagrams come at the UDP port of the same worker, which also asks for answers of the
// DHT node and of uTP. `pnpm test:hostile-datagrams` sends 50,000 a second beside a download at a quarter of its full speed and
// compares the speeds; by default few are sent, the payload comes through a door, and answers are counted.

import test, { type ExecutionContext } from "ava";
import { DatagramFlood } from "../support/datagrams/flood.ts";
import { HonestAsker, type Tries } from "../support/datagrams/honest-asker.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Relay } from "../support/swarm/relay.ts";
import { Swarm, type Member } from "../support/swarm/swarm.ts";
import { until } from "../support/time/until.ts";

const isExact = process.env["TROUPE_HOSTILE_DATAGRAMS"] === "exact";
const mebibyte = 1024 * 1024;
const shape = { pieceLengthBytes: 256 * 1024, files: (isExact ? 512 : 2) * mebibyte };
const perSecond = isExact ? 50_000 : 2_000;
const leastShare = 0.9;
const engine = {
  peerWorkers: 1,
  host: "threads",
  dht: { nodes: [], routers: [] },
} as const;

/** A swarm whose payload comes through a closed door, and a way to join it. */
async function openScene(swarm: Swarm) {
  const seeder = await swarm.seed({
    engine: { host: "threads", transport: "tcp" },
    torrent: { useTrackers: false },
  });
  const target = { host: "127.0.0.1", port: seeder.coordinator.port };
  const door = swarm.use(await Relay.open({ target, gated: "target" }));
  const peers = [{ host: door.host, port: door.port }];
  const join = async (limits: { readonly down?: number } = {}): Promise<Member> =>
    await swarm.join({ engine, torrent: { useTrackers: false, peers, limits } });
  return { door, join };
}

async function floodAt({ coordinator: { port } }: Member): Promise<DatagramFlood> {
  return await DatagramFlood.start({ host: "127.0.0.1", port, perSecond });
}

const title =
  "case 67: hostile datagrams take neither the download over TCP nor the answers of the DHT and of uTP";

async function survives(t: ExecutionContext): Promise<void> {
  await using swarm = await Swarm.open(shape);
  const { door, join } = await openScene(swarm);
  const member = await join();
  const asker = new HonestAsker(member.coordinator.port);
  const flood = await floodAt(member);
  const tries: Tries[] = [];
  for (let part = 1; part < 4; part++) {
    door.allow((part * shape.files) / 4);
    await door.whenUsedUp();
    tries.push(await asker.ask());
  }
  door.allow(Infinity);
  await member.record.torrent.completed;
  const sent = await flood.end();
  await assertSameFiles(t, swarm.payload, member.folder);
  t.true(sent > 0);
  t.log({ sent, tries });
}

/** Bytes a second from now until the torrent is complete. */
async function rateOf({ record: { torrent } }: Member): Promise<number> {
  const startedMs = performance.now();
  const before = torrent.downloaded;
  await torrent.completed;
  return ((torrent.downloaded - before) / (performance.now() - startedMs)) * 1_000;
}

async function keepsItsSpeed(t: ExecutionContext): Promise<void> {
  await using swarm = await Swarm.open(shape);
  const { door, join } = await openScene(swarm);
  door.allow(Infinity);
  const full = await rateOf(await join());
  const down = Math.round(full / 4);
  const calm = await rateOf(await join({ down }));
  const member = await join({ down });
  const asker = new HonestAsker(member.coordinator.port);
  const flood = await floodAt(member);
  const startedMs = performance.now();
  let isOver = false;
  const rate = rateOf(member).finally(() => (isOver = true));
  const tries: Tries[] = [];
  await until("the end of the download", async () => {
    tries.push(await asker.ask());
    return isOver;
  });
  const flooded = await rate;
  const seconds = (performance.now() - startedMs) / 1_000;
  const sent = await flood.end();
  await assertSameFiles(t, swarm.payload, member.folder);
  t.log({ seconds, full, down, calm, flooded, sent, tries });
  t.true(sent >= leastShare * perSecond * seconds, `${sent} datagrams in ${seconds} s`);
  t.true(flooded >= leastShare * calm, `${flooded} B/s of ${calm}`);
}

test.serial(title, isExact ? keepsItsSpeed : survives);
