// A download over TCP at a quarter of its full speed while hostile datagrams come at the UDP port of the same worker, which
// also asks for answers of the DHT node and of uTP. `pnpm test:hostile-datagrams` sends 50,000 a second and compares the speeds;
// by default few are sent, and answers are counted.

import { setTimeout as delay } from "node:timers/promises";
import test from "ava";
import { DatagramFlood } from "../support/datagrams/flood.ts";
import { HonestAsker } from "../support/datagrams/honest-asker.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm, type Member } from "../support/swarm/swarm.ts";

const isExact = process.env["TROUPE_HOSTILE_DATAGRAMS"] === "exact";
const mebibyte = 1024 * 1024;
const shape = { pieceLengthBytes: 256 * 1024, files: (isExact ? 512 : 2) * mebibyte };
const perSecond = isExact ? 50_000 : 2_000;
const leastQuestions = isExact ? 8 : 1;
const pauseMs = 200;
const leastShare = 0.9;
const engine = {
  peerWorkers: 1,
  host: "threads",
  dht: { nodes: [], routers: [] },
} as const;

/** Bytes a second from now until the torrent is complete. */
async function rateOf({ record: { torrent } }: Member): Promise<number> {
  const startedMs = performance.now();
  const before = torrent.downloaded;
  await torrent.completed;
  return ((torrent.downloaded - before) / (performance.now() - startedMs)) * 1_000;
}

test.serial(
  "case 67: hostile datagrams take neither the download over TCP nor the answers of the DHT and of uTP",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const seeder = await swarm.seed({
      engine: { host: "threads", transport: "tcp" },
      torrent: { useTrackers: false },
    });
    const peers = [{ host: "127.0.0.1", port: seeder.coordinator.port }];
    const join = (limits: { readonly down?: number }): Promise<Member> =>
      swarm.join({ engine, torrent: { useTrackers: false, peers, limits } });

    const full = isExact ? await rateOf(await join({})) : 8 * mebibyte;
    const down = Math.round(full / 4);
    const calm = isExact ? await rateOf(await join({ down })) : down;
    const member = await join({ down });
    const asker = new HonestAsker(member.coordinator.port);
    const flood = await DatagramFlood.start({
      host: "127.0.0.1",
      port: member.coordinator.port,
      perSecond,
    });
    const startedMs = performance.now();
    let isOver = false;
    const rate = rateOf(member).finally(() => (isOver = true));
    const tries = [];
    // From the start of the flood to the end of the download.
    while (!isOver) {
      // One question after the other. oxlint-disable-next-line no-await-in-loop
      tries.push(await asker.ask());
      // oxlint-disable-next-line no-await-in-loop
      await delay(pauseMs);
    }
    const flooded = await rate;
    const seconds = (performance.now() - startedMs) / 1_000;
    const sent = await flood.end();
    await assertSameFiles(t, swarm.payload, member.folder);
    t.true(tries.length >= leastQuestions);
    t.true(sent > 0);
    t.log({ seconds, full, down, calm, flooded, sent, tries });
    if (!isExact) return;
    t.true(sent >= leastShare * perSecond * seconds, `${sent} datagrams in ${seconds} s`);
    t.true(flooded >= leastShare * calm, `${flooded} B/s of ${calm}`);
  },
);
