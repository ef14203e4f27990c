// The DHT node of a downloading engine is killed or hung every second while it runs. A hang is noticed after about two
// seconds, and the next one comes about a second after the restart. The peers stay, and each incarnation begins with the
// nodes of the record.
//
// One restart in the gate, three in the long lanes; `pnpm test:chaos` waits for a dozen, which the supervisor spreads over
// two minutes. test/simulation/dht-engine.test.ts has the restarts in virtual time.

import test from "ava";
import { AnsweringNode } from "../support/dht/answering-node.ts";
import { untilNodes } from "../support/dht/known-nodes.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { isLong as isLongLane } from "../support/lanes.ts";

const isLong = process.env["TROUPE_CHAOS"] === "long";
const mebibyte = 1024 * 1024;
const seeders = 3;
/** Bytes that each peer gives after a restart, so that it is no silent peer. */
const roundBytes = 32 * 1024;
const shape = { pieceLengthBytes: 64 * 1024, files: 4 * mebibyte };
const nodeCount = 6;
const restarts = isLong ? 12 : isLongLane ? 3 : 1;

const survives = test.macro<[chaos: string]>({
  title: (_, chaos) =>
    `F9: under ${chaos} no peer is lost, and each DHT node begins with the record`,
  async exec(t, chaos) {
    await using swarm = await Swarm.open(shape, { host: "threads" });
    const opened = Array.from({ length: nodeCount }, () => AnsweringNode.open());
    const nodes = (await Promise.all(opened)).map((node) => swarm.use(node));
    const folder = swarm.folder("leecher").path;
    const engine = { bind: ["127.0.0.2"], stateDirectory: swarm.folder("state").path };
    const dht = { nodes: nodes.map(({ address }) => address), routers: [] };
    const first = await swarm.join({ folder, engine: { ...engine, dht } });
    await untilNodes(first.record, nodeCount);
    const port = [first.coordinator.port, 0];
    await first.coordinator.close();

    // From now on these nodes are known by the record alone.
    const alone = { ...engine, port, dht: { nodes: [], routers: [] } };
    const struck = await swarm.join({ folder, engine: { ...alone, chaos } });
    const { record } = struck;
    const paced = await Promise.all(
      Array.from({ length: seeders }, () => swarm.pacedSeeder({ isShut: true })),
    );
    for (const seeder of paced) record.torrent.addPeer(seeder);
    await record.until("all peers", () => record.peers.length >= seeders);
    for (let round = 1; round <= restarts; round++) {
      const isRestarted = (): boolean => record.restartsOf("dht") >= round;
      await record.until(`restart ${round}`, isRestarted);
      for (const seeder of paced) seeder.allow(round * roundBytes);
      await Promise.race(nodes.map((node) => node.nextQuery()));
    }
    t.false(record.torrent.isComplete);
    t.deepEqual([record.partings, record.errors, record.warnings], [[], [], []]);
    for (const seeder of paced) seeder.open();
    await record.torrent.completed;
    await assertSameFiles(t, swarm.payload, folder);
    t.deepEqual(
      paced.map(({ connections }) => connections),
      paced.map(() => 1),
    );
    const ids = new Set(nodes.flatMap(({ heard }) => heard.map(({ id }) => id)));
    t.is(ids.size, 1, "each incarnation has the id of the record");
    await struck.coordinator.close();

    // A query to a node shows that it is in the record; the counts of the status are 5 s old.
    const asked = Promise.all(nodes.map((node) => node.nextQuery()));
    await swarm.join({ folder, engine: alone });
    await asked;
    t.log(`${record.crashesOf("dht")} crashes, ${record.restartsOf("dht")} restarts`);
  },
});

test.serial(survives, "kill:dht:1/s");
if (isLongLane || isLong) test.serial(survives, "hang:dht:1/s");
