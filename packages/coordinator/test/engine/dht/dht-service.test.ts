import test from "ava";
import { PatientRef } from "@troupe/actor-runtime";
import { ManualTime, RecordingRef } from "@troupe/actor-runtime/testing";
import type { UdpListening, DhtProtocol, DhtStatus, SavedDhtNodes } from "@troupe/messages";
import { DhtService, type DhtServices } from "../../../src/engine/dht/dht-service.ts";
import { dhtTorrent } from "../../support/dht-torrents.ts";

const id = new Uint8Array(20).fill(7);
const node = { id, host: "8.0.0.1", port: 6_881 };
const kept: SavedDhtNodes = { ids: [], nodes: [{ ...node, lastAnswerMs: 1 }] };
const sockets = [
  { family: 4, host: "0.0.0.0", port: 6_881 },
  { family: 6, host: "::", port: 6_882 },
] as const;

const family = {
  ...node,
  family: 4,
  state: "running",
  nodes: 12,
  candidates: 0,
  buckets: 1,
  queriesInFlight: 2,
  traffic: {} as DhtStatus["families"][number]["traffic"],
} as const;
const status: DhtStatus = {
  families: [family, { ...family, family: 6, nodes: 5 }],
  ...{ quests: 1, lookUps: 2, waitingLookUps: 0, torrents: 3, peers: 4, items: 5 },
};

/** A service whose node answers as told. */
function scene(over: Partial<DhtServices> = {}) {
  const time = new ManualTime();
  const ref = new RecordingRef<DhtProtocol>("dht");
  ref.peer = undefined;
  const told: string[] = [];
  const answers = {
    listen: { sockets, refused: [] } as UdpListening,
    status,
    "export-nodes": kept,
  };
  ref.answer = (name) => answers[name as keyof typeof answers];
  let epoch = 0;
  const context = {
    clock: time,
    timers: time,
    log: () => undefined,
    fail: (error: unknown) => {
      throw error;
    },
  };
  const service = new DhtService({
    context,
    node: new PatientRef(ref, context),
    startNode: async () => start(),
    records: {
      load: async () => kept,
      save: async ({ nodes }) => void told.push(`save ${nodes.length}`),
    },
    settings: { bootstrap: [{ host: "b.example", port: 1 }], limits: { queryBurst: 300 } },
    listening: () => ({
      ...{ hosts: ["0.0.0.0", "::"], port: 6_881, ports: [6_881, 6_882, 0] },
      isPortShared: true,
    }),
    present: () => ({ publicPort: 40_000 }),
    found: ({ id }, { host }, peers) =>
      void told.push(`found ${id} ${host} ${peers.map(({ port }) => port).join()}`),
    portsChanged: (ports) => void told.push(`ports ${JSON.stringify(ports)}`),
    turnedOff: (reason) => void told.push(`off ${reason}`),
    ...over,
  });
  /** The actor is linked. */
  function start(): void {
    ref.peer = { name: "dht", epoch: ++epoch };
    service.nodeStarted();
  }
  /** The supervisor starts another incarnation. */
  async function restart(): Promise<void> {
    ref.peer = undefined;
    service.nodeCrashed();
    start();
    await time.pass(0);
  }
  const quests = () =>
    ref.casts("begin-quest").map(({ quest, subject }) => `${quest} ${subject.kind}`);
  const joined = async (...numbers: number[]) => {
    for (const number of numbers) service.join(dhtTorrent(number));
    await time.pass(0);
  };
  return { answers, joined, quests, ref, restart, service, time, told };
}

test("AE3: the node starts with the first torrent, at the number of the TCP port if it is free, from saved nodes", async (t) => {
  const { joined, quests, ref, service, time, told } = scene();
  await time.pass(60_000);
  t.deepEqual([ref.sent, service.ports], [[], {}]);
  await joined(1);
  t.deepEqual(service.nodeOptions, {
    bootstrap: [{ host: "b.example", port: 1 }],
    limits: { queryBurst: 300 },
    publicPort: 40_000,
    saved: kept,
    quarantined: [],
  });
  t.deepEqual(ref.calls("listen"), [
    { hosts: ["0.0.0.0", "::"], ports: [6_881, 6_882, 0], last: {}, isPortShared: true },
  ]);
  t.deepEqual(told, ["ports {}", 'ports {"ipv4":6881,"ipv6":6882}']);
  t.deepEqual(quests(), ["1 announce-peer"]);
  t.deepEqual(ref.casts("begin-quest")[0]?.subject, {
    kind: "announce-peer",
    target: new Uint8Array([...new Uint8Array(19), 1]),
  });
});

test("a torrent that is fetched for its metadata alone is looked up and not announced", async (t) => {
  const { quests, service, time } = scene();
  service.join(dhtTorrent(1, { isAnnounced: false }));
  await time.pass(0);
  t.deepEqual(quests(), ["1 get-peers"]);
});

test("peers that a node names are reported for the torrent of the quest", async (t) => {
  const { joined, service, told } = scene();
  await joined(1, 2);
  told.length = 0;
  service.questAnswered({ quest: 2, node, peers: [{ host: "8.0.0.2", port: 7_000 }] });
  service.questAnswered({ quest: 2, node, peers: [] });
  service.questAnswered({ quest: 3, node, peers: [{ host: "8.0.0.2", port: 7_000 }] });
  t.deepEqual(told, ["found 2 8.0.0.1 7000"]);
});

test("sixteen torrents are looked up at a time, and a round that ends begins the next", async (t) => {
  const { joined, quests, service, time } = scene();
  await joined(...Array.from({ length: 40 }, (_, at) => at + 1));
  t.is(quests().length, 16);
  for (const quest of [3, 5]) service.questEnded({ quest, answered: 8, peers: 0 } as never);
  await time.pass(0);
  t.deepEqual(quests().slice(16), ["17 announce-peer", "18 announce-peer"]);
});

test("no more torrents are looked up at a time than the node has look-ups", async (t) => {
  const { joined, quests } = scene({ settings: { bootstrap: [], limits: { lookUps: 8 } } });
  await joined(...Array.from({ length: 40 }, (_, at) => at + 1));
  t.is(quests().length, 8);
});

test("a torrent that leaves has its quest cancelled, and gets no more peers", async (t) => {
  const { joined, quests, ref, service, time, told } = scene();
  await joined(1);
  service.leave(dhtTorrent(1));
  service.questAnswered({ quest: 1, node, peers: [{ host: "8.0.0.2", port: 7_000 }] });
  await time.pass(3_600_000);
  t.deepEqual(ref.casts("cancel-quest"), [{ quest: 1 }]);
  t.deepEqual(quests(), ["1 announce-peer"]);
  t.false(told.some((line) => line.startsWith("found")));
  t.is(service.statusOf(dhtTorrent(1)), undefined);
});

test("a restarted node gets its quests again under their numbers, and the same ports first", async (t) => {
  const { joined, quests, ref, restart, told } = scene();
  await joined(1, 2);
  ref.sent.length = 0;
  told.length = 0;
  await restart();
  t.deepEqual(quests(), ["1 announce-peer", "2 announce-peer"]);
  t.deepEqual(ref.calls("listen")[0]?.last, { ipv4: 6_881, ipv6: 6_882 });
  t.deepEqual(ref.casts("set-public-port"), [{ port: 40_000 }]);
  t.deepEqual(told, ["ports {}", 'ports {"ipv4":6881,"ipv6":6882}']);
});

test("a node that crashes before it listens is asked to listen once it is there again", async (t) => {
  const { joined, quests, ref, restart, told } = scene();
  ref.holdCalls();
  await joined(1);
  const stale = ref.take("listen");
  ref.answer = () => ({ sockets, refused: [] });
  await restart();
  stale.fail(new Error("gone"));
  t.deepEqual(quests(), ["1 announce-peer"]);
  t.false(told.some((line) => line.startsWith("off")));
});

test("torrents that join while the node is away are announced when it is back", async (t) => {
  const { joined, quests, ref, restart, service } = scene();
  await joined(1);
  ref.peer = undefined;
  service.nodeCrashed();
  await joined(2);
  ref.sent.length = 0;
  await restart();
  t.deepEqual(quests(), ["1 announce-peer", "2 announce-peer"]);
});

test("without a socket the node is off, with the reasons of the system", async (t) => {
  const { answers, joined, quests, service, told } = scene();
  const refusal = { code: "EADDRINUSE", message: "port 6881 is in use" };
  answers.listen = { sockets: [], refused: [{ family: 4, ...refusal }] };
  await joined(1);
  const reason = "it has no socket: port 6881 is in use [EADDRINUSE]";
  t.deepEqual([told.at(-1), service.offReason], [`off ${reason}`, reason]);
  await joined(2);
  t.deepEqual(quests(), []);
});

test("a node that is off opens no socket when its actor is started again", async (t) => {
  const { answers, joined, ref, restart, service, told } = scene();
  const refusal = { code: "EADDRINUSE", message: "port 6881 is in use" };
  answers.listen = { sockets: [], refused: [{ family: 4, ...refusal }] };
  await joined(1);
  answers.listen = { sockets, refused: [] };
  await restart();
  t.is(ref.calls("listen").length, 1);
  t.deepEqual([told.filter((line) => line.startsWith("off")).length, service.ports], [1, {}]);
});

test("a node whose restarts are used up is off until the engine ends", async (t) => {
  const { joined, service, time, told } = scene();
  await joined(1);
  service.nodeCrashed();
  service.nodeGaveUp(new Error("discovery cannot restart dht again"));
  service.nodeGaveUp(new Error("discovery cannot restart dht again"));
  t.is(told.filter((line) => line === "off discovery cannot restart dht again").length, 1);
  t.deepEqual([service.ports, service.counts], [{}, undefined]);
  await time.pass(3_600_000);
  t.false(told.some((line) => line.startsWith("save")));
});

test("a start that fails is tried eight times in about a minute, and then the node is off", async (t) => {
  let starts = 0;
  const startNode = () => {
    starts++;
    return Promise.reject(new Error("cannot start dht"));
  };
  const { joined, service, time } = scene({ startNode });
  await joined(1);
  await time.pass(60_000);
  t.deepEqual([starts, service.offReason], [7, undefined]);
  await time.pass(30_000);
  t.deepEqual([starts, service.offReason], [8, "cannot start dht"]);
});

test("nodes are exported after 30 s, every five minutes, and at the end; an empty export keeps those before", async (t) => {
  const { answers, joined, service, time, told } = scene();
  await joined(1);
  const saves = () => told.filter((line) => line.startsWith("save"));
  await time.pass(29_999);
  t.deepEqual(saves(), []);
  await time.pass(1);
  t.deepEqual(saves(), ["save 1"]);
  answers["export-nodes"] = { ids: [], nodes: [] };
  await time.pass(300_000);
  t.deepEqual(saves(), ["save 1", "save 0"]);
  t.deepEqual(service.nodeOptions.saved, kept);
  answers["export-nodes"] = kept;
  const closed = service.close();
  await time.pass(0);
  await closed;
  t.deepEqual(saves(), ["save 1", "save 0", "save 1"]);
  await time.pass(3_600_000);
  t.is(saves().length, 3);
});

test("the end does not wait for a node that does not answer", async (t) => {
  const { joined, ref, service, time } = scene();
  await joined(1);
  ref.holdCalls();
  let isClosed = false;
  void service.close().then(() => (isClosed = true));
  await time.pass(999);
  t.false(isClosed);
  await time.pass(1);
  t.true(isClosed);
});

test("the counts of the node are looked at every five seconds", async (t) => {
  const { joined, service, time } = scene();
  await joined(1);
  t.is(service.counts, undefined);
  await time.pass(5_000);
  t.deepEqual(service.counts, {
    ...{ nodes4: 12, nodes6: 5, queriesInFlight: 4, lookUps: 2, torrents: 3, peers: 4, items: 5 },
    rounds: { allMs: 900_000, downloadsMs: 900_000 },
  });
});

test("a round that does not end is given up after ten minutes, and its torrent looked up again", async (t) => {
  const { joined, quests, ref, time } = scene();
  await joined(1);
  await time.pass(599_000);
  t.deepEqual(ref.casts("cancel-quest"), []);
  await time.pass(15_000);
  t.deepEqual(ref.casts("cancel-quest"), [{ quest: 1 }]);
  t.deepEqual(quests(), ["1 announce-peer", "2 announce-peer"]);
});

test("a refused quest waits as after look-ups that no node answered", async (t) => {
  const { joined, quests, service, time } = scene();
  await joined(1);
  service.questRefused(1);
  await time.pass(4_999);
  t.is(quests().length, 1);
  await time.pass(1);
  t.deepEqual(quests(), ["1 announce-peer", "2 announce-peer"]);
});

test("nodes of torrents and of peers reach the node while it runs and its mailbox has room", async (t) => {
  const { ref, service, time, restart } = scene();
  const nodes = [{ host: "n.example", port: 1 }];
  service.portNamed("8.0.0.9", 9);
  service.join(dhtTorrent(1, { nodes }));
  await time.pass(0);
  service.portNamed("8.0.0.9", 9);
  t.deepEqual(ref.casts("add-nodes"), [
    { source: "torrent", nodes },
    { source: "port", nodes: [{ host: "8.0.0.9", port: 9 }] },
  ]);
  await restart();
  t.deepEqual(ref.casts("add-nodes").slice(2), [{ source: "torrent", nodes }]);
  ref.credits = 0;
  service.portNamed("8.0.0.9", 10);
  ref.giveRoom(10);
  t.is(ref.casts("add-nodes").length, 3);
});

test("an address at which the node crashed twice is quarantined, for its successors too", async (t) => {
  const { joined, ref, service, time } = scene();
  await joined(1);
  const address = { host: "8.0.0.1", port: 6_881, forMs: 3_600_000 };
  service.quarantine(address);
  t.deepEqual(ref.casts("quarantine-address"), [address]);
  await time.pass(600_000);
  t.deepEqual(service.nodeOptions.quarantined, [{ ...address, forMs: 3_000_000 }]);
});

test("the IP filter and the public port reach the node", async (t) => {
  const { joined, ref, service } = scene();
  await joined(1);
  ref.sent.length = 0;
  const ranges = new SharedArrayBuffer(8);
  service.setIpFilter({ ranges });
  service.setIpFilter({});
  service.setPublicPort(40_001);
  t.deepEqual(
    ref.sent.map(({ name, message }) => [name, message]),
    [
      ["set-ip-filter", { ranges }],
      ["set-ip-filter", {}],
      ["set-public-port", { port: 40_001 }],
    ],
  );
});

test("C12: a scrape asks the node for the swarm, and tells nothing after 20 s", async (t) => {
  const { joined, ref, service, time } = scene();
  t.is(await service.scrape(dhtTorrent(1).infoHash), undefined);
  await joined(1);
  const first = service.scrape(dhtTorrent(2).infoHash);
  const { quest, subject } = ref.casts("begin-quest").at(-1) ?? { quest: 0 };
  t.is(subject?.kind, "scrape");
  const round = { quest, tookMs: 1, waitedMs: 0, asked: 1, answered: 1, peers: 0, stored: 0 };
  const swarm = { seeds: 3, leechers: 4 };
  service.questEnded({ ...round, swarm, nearest: [], isLast: true });
  t.deepEqual(await first, swarm);
  const second = service.scrape(dhtTorrent(2).infoHash);
  await time.pass(20_000);
  t.is(await second, undefined);
  t.is(ref.casts("cancel-quest").length, 1);
});
