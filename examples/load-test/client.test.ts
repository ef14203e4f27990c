// A load test within the tests of a client: it fails when the client serves twenty leechers too slowly.
//
//   npx ava examples/load-test/client.test.ts

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Coordinator } from "troupe";
import { loadTest, savePatternData, savePatternTorrent } from "troupe/load-tester";
import test from "ava";

/** Each byte follows from its position: peers check the content without a copy of it. */
const payload = {
  name: "payload",
  lengthBytes: 4 * 2 ** 20,
  pieceLengthBytes: 2 ** 18,
  trackers: [],
};

test("twenty leechers get their pieces within the budgets", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "load-test-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await savePatternTorrent(payload, join(folder, "payload.torrent"));
  await savePatternData(payload, folder, AbortSignal.timeout(60_000));

  // The client under test: any program that seeds the torrent at an address.
  await using client = await Coordinator.start({
    ...{ directory: folder, port: 0, bind: ["127.0.0.1"], uploadSlots: "all" },
    ...{ dht: false, localDiscovery: false, portMapping: false },
  });
  const torrent = await client.add(join(folder, "payload.torrent"), { seedOnly: true });
  await torrent.completed;

  const result = await loadTest({
    name: "client",
    seed: 1,
    targets: { client: `127.0.0.1:${client.port}` },
    torrents: { payload: { size: "4MiB", piece: "256KiB", name: "payload" } },
    groups: { leech: { behaviour: "leecher", count: 20, take: 2, arrival: { ramp: "500ms" } } },
    phases: { all: "2s" },
    budgets: ["completed >= 20", "errors <= 0%"],
  });

  t.deepEqual(result.outcome, { kind: "passed" });
  const [blocks] = result.counts.filter(({ counter }) => counter === "blocks");
  t.is(blocks?.value, 20 * 2 * 16);
});
