// A DHT whose nodes are near or far: one production node looks up, the others are scripted and have full tables.

import { SimulatedWorld, SeededRandom } from "@troupe/actor-runtime/simulated";
import {
  commonPrefixBits,
  compareDistance,
  decodeKrpc,
  encodeNodes,
  encodeResponse,
  secureNodeId,
  type Contact,
} from "@troupe/protocol/dht";
import { dhtPort, SimulatedDhtNode } from "./dht-node.ts";
import { exponential, SimulatedInternet } from "./internet.ts";

const nodeCount = 200;
/** Round trips, and the mean of what a datagram takes longer. */
const nearMs = 20;
const farMs = 400;
const meanJitterMs = 2;
const silentShare = 0.3;
/** The asking node fills its table within this time, while all nodes answer. */
const warmUpMs = 120_000;
const lookUps = 5;
/** From one look-up to the next: longer than any takes. */
const lookUpEveryMs = 30_000;
const bucketSize = 8;
const routerCount = 4;

interface ScriptedNode extends Contact {
  readonly isFar: boolean;
  readonly known: readonly Contact[];
  isSilent: boolean;
}

/** A look-up. */
export interface TimedLookUp {
  readonly endMs: number;
  /** Nodes. */
  readonly asked: number;
  readonly answered: number;
}

/** @returns The look-ups of one node after 30 % of the others have fallen silent. */
export async function lookUpAtTwoDistances(seed: number): Promise<readonly TimedLookUp[]> {
  const random = new SeededRandom(`${seed}`);
  const nodes = makeNodes(random);
  const byHost = new Map(nodes.map((node) => [node.host, node]));
  const isFar = (host: string): boolean => byHost.get(host)?.isFar === true;
  const world = new SimulatedWorld({
    seed,
    keepTrace: false,
    datagrams: {
      lossChance: 0,
      travelMs: (from, to, draw) =>
        (isFar(from) || isFar(to) ? farMs : nearMs) / 2 + exponential(draw, meanJitterMs),
    },
  });
  for (const node of nodes) await world.settle(serve(world, node));
  const routers = nodes.slice(0, routerCount).map(({ host, port }) => ({ host, port }));
  const machine = world.machine({ addresses: ["7.7.7.7"] });
  const asker = new SimulatedDhtNode(machine, { routers, publicPort: dhtPort });
  await world.settle(asker.start());
  await world.run(warmUpMs);
  for (const node of nodes.slice(routerCount)) node.isSilent = random.next() < silentShare;
  const records: TimedLookUp[] = [];
  for (let count = 0; count < lookUps; count++) {
    const beganMs = world.scheduler.nowMs;
    asker.beginQuest(
      { kind: "get-peers", target: random.bytes(20) },
      {
        ended: ({ asked, answered }) =>
          void records.push({ endMs: world.scheduler.nowMs - beganMs, asked, answered }),
      },
    );
    await world.run(lookUpEveryMs);
  }
  await world.settle(asker.stop());
  return records;
}

function makeNodes(random: SeededRandom): readonly ScriptedNode[] {
  const internet = new SimulatedInternet(random.fork("internet"));
  const contacts = Array.from({ length: nodeCount }, (): Contact => {
    const host = internet.newHost();
    const id = secureNodeId(host, (length) => random.bytes(length));
    return { id, host, port: dhtPort };
  });
  return contacts.map((contact, at) => ({
    ...contact,
    isFar: at % 2 === 1,
    isSilent: false,
    known: fullTable(contact, [...contacts.slice(at + 1), ...contacts.slice(0, at)]),
  }));
}

/** Eight nodes of each bucket, or all there are. */
function fullTable({ id }: Contact, others: readonly Contact[]): readonly Contact[] {
  const sizes = new Map<number, number>();
  return others.filter((other) => {
    const bucket = commonPrefixBits(id, other.id);
    const size = sizes.get(bucket) ?? 0;
    sizes.set(bucket, size + 1);
    return size < bucketSize;
  });
}

async function serve(world: SimulatedWorld, node: ScriptedNode): Promise<void> {
  const { host, port, id, known } = node;
  const { datagrams } = world.machine({ addresses: [host] }).ports("node");
  const socket = await datagrams.bind(
    { host, port },
    {
      received: (bytes, from) => {
        const message = decodeKrpc(bytes, 4);
        if (node.isSilent || message?.kind !== "query") return;
        const { transaction, query } = message;
        const target = "target" in query ? query.target : undefined;
        const nearest =
          target &&
          known.toSorted((a, b) => compareDistance(target, a.id, b.id)).slice(0, bucketSize);
        const nodes = nearest && encodeNodes(nearest, 4);
        socket.send(encodeResponse(transaction, { id, nodes }, { family: 4, to: from }), from);
      },
    },
  );
}
