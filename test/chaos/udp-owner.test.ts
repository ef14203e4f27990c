// The peer-worker that owns the one UDP port of the engine ends while a download runs. Its successor opens the port again.

import test from "ava";
import { endActor } from "@troupe/coordinator/testing";
import { HonestAsker } from "../support/datagrams/honest-asker.ts";
import { AnsweringNode } from "../support/dht/answering-node.ts";
import { knownNodes, untilNodes } from "../support/dht/known-nodes.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const mebibyte = 1024 * 1024;
const shape = { pieceLengthBytes: 64 * 1024, files: 4 * mebibyte };
const seeders = 4;
const nodeCount = 6;
const owner = "peer-0";
const rounds = 3;

test("F9: when the owner of the UDP port ends, peers of other workers and the DHT stay, and the port answers again", async (t) => {
  await using swarm = await Swarm.open(shape);
  const opened = Array.from({ length: nodeCount }, () => AnsweringNode.open());
  const nodes = (await Promise.all(opened)).map((node) => swarm.use(node));
  const dht = { nodes: nodes.map(({ address }) => address), routers: [] };
  const { coordinator, record } = await swarm.join({
    engine: { host: "threads", peerWorkers: 2, dht },
    torrent: { useTrackers: false },
  });
  const paced = await Promise.all(
    Array.from({ length: seeders }, () => swarm.pacedSeeder({ isShut: true })),
  );
  for (const seeder of paced) record.torrent.addPeer(seeder);
  const connected = (): number => record.peers.length - 2 * record.partings.length;
  await record.until("all peers", () => connected() === seeders);
  await untilNodes(record, nodeCount);
  const asker = new HonestAsker(coordinator.port);
  await asker.ask();

  for (let round = 1; round <= rounds; round++) {
    const lostBefore = record.partings.length;
    endActor(coordinator, owner);
    // One crash after the other.
    // oxlint-disable-next-line no-await-in-loop
    await record.until(`crash ${round}`, () => record.crashesOf(owner) === round);
    // oxlint-disable-next-line no-await-in-loop
    const tries = await asker.ask();
    t.true(tries.dht > 0 && tries.utp > 0);
    // oxlint-disable-next-line no-await-in-loop
    t.is(await knownNodes(record), nodeCount);
    // oxlint-disable-next-line no-await-in-loop
    await record.until(`restart ${round}`, () => record.restartsOf(owner) === round);
    // oxlint-disable-next-line no-await-in-loop
    await record.until("all peers again", () => connected() === seeders);
    // Lost peers come back, perhaps to the other worker.
    t.true(record.partings.length - lostBefore < seeders);
  }
  // The look-up of a second torrent asks the nodes at once; their table is refreshed a minute later only.
  const asked = Promise.race(nodes.map((node) => node.nextQuery()));
  await coordinator.add(`magnet:?xt=urn:btih:${"ab".repeat(20)}`, {
    directory: swarm.folder("second").path,
    useTrackers: false,
  });
  await asked;

  t.true(record.partings.length > 0);
  t.true(record.partings.every(({ reason }) => reason === "worker-crashed"));
  t.is(record.crashesOf("dht"), 0);
  const ids = new Set(nodes.flatMap(({ heard }) => heard.map(({ id }) => id)));
  t.is(ids.size, 1);
  const connections = paced.reduce((sum, seeder) => sum + seeder.connections, 0);
  t.is(connections, seeders + record.partings.length);
  t.false(record.torrent.isComplete);
});
