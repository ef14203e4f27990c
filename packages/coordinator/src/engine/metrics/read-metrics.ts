// All figures of an engine at this moment: those that its parts count, and those that its state and the tables of the
// workers have.

import { diskTimes } from "@troupe/file-worker";
import { type Metric, type MetricSeries, PeerField, type TorrentState } from "@troupe/messages";
import { noCounters, type CounterSums } from "../../torrent/report/traffic.ts";
import type { TorrentJob } from "../../torrent/torrent-job.ts";
import type { Engine } from "../base/engine-state.ts";
import { sessionTotals } from "../totals/save-totals.ts";

const states: readonly TorrentState[] = [
  ...(["stopped", "metadata", "starting", "checking", "queued"] as const),
  ...(["active", "paused", "stopping", "error"] as const),
];

type Kind = Metric["kind"];

/** @returns All metrics. Their names and labels stay. */
export function readMetrics(engine: Engine): readonly Metric[] {
  const sums = sumOfTorrents(engine);
  return [
    ...torrentMetrics(engine, sums),
    ...byteMetrics(engine, sums),
    ...connectionMetrics(engine, sums),
    ...trackerMetrics(engine),
    ...pieceMetrics(engine, sums),
    ...dhtMetrics(engine),
  ];
}

/** Sums over all torrents, most of which may have no peers. */
interface TorrentSums {
  readonly states: Map<string, number>;
  readonly counters: CounterSums;
  complete: number;
  addresses: number;
  peers: number;
  incoming: number;
  webSeeds: number;
  webSeedBytes: number;
  downBytesPerSecond: number;
  upBytesPerSecond: number;
}

function sumOfTorrents({ awake, torrents }: Engine): TorrentSums {
  const sums = {
    states: new Map<string, number>(states.map((state) => [state, 0])),
    counters: noCounters(),
    ...{ complete: 0, addresses: 0, peers: 0, incoming: 0, webSeeds: 0, webSeedBytes: 0 },
    ...{ downBytesPerSecond: 0, upBytesPerSecond: 0 },
  };
  for (const job of torrents.values()) {
    const { state } = job;
    sums.states.set(state, (sums.states.get(state) ?? 0) + 1);
    if (job.isComplete) sums.complete++;
    sums.addresses += job.directory.size;
    // An idle torrent has exchanged nothing since its last turn, except handshakes of refused peers. Its next turn, within ten
    // seconds, counts them.
    if (job.isInSwarm && !awake.has(job)) job.content?.traffic.addTaken(sums.counters);
    else job.content?.traffic.addCounters(sums.counters);
    if (job.peers.size > 0) addPeers(sums, job);
  }
  return sums;
}

function addPeers(sums: TorrentSums, { content, peers }: TorrentJob): void {
  sums.peers += peers.size;
  sums.incoming += peers.incomingCount;
  if (content === undefined) return;
  sums.downBytesPerSecond += content.traffic.rates.downBytesPerSecond;
  sums.upBytesPerSecond += content.traffic.rates.upBytesPerSecond;
  if (content.webSeeds.openCount === 0) return;
  sums.webSeeds += content.webSeeds.openCount;
  for (const { isWebSeed, rowIndex, worker } of peers.connected())
    if (isWebSeed)
      sums.webSeedBytes +=
        content.traffic.row(worker, rowIndex)?.field(PeerField.downloadedBytes) ?? 0;
}

function torrentMetrics({ metrics, uploadSlots }: Engine, sums: TorrentSums): Metric[] {
  const { total } = uploadSlots.levels;
  const { failed, verified, written } = metrics.pieces;
  return [
    metric("gauge", "torrents", "Torrents by their state.", [
      ...Array.from(sums.states, ([state, value]) => series(value, { state })),
    ]),
    one("gauge", "torrents_complete", "Torrents that have all that they want.", sums.complete),
    one("gauge", "upload_slots", "Upload slots of all torrents.", Math.min(total, 1e9)),
    metric("counter", "pieces_total", "Pieces of downloads, by what became of them.", [
      series(verified, { result: "verified" }),
      series(failed, { result: "failed" }),
      series(written, { result: "written" }),
    ]),
  ];
}

function byteMetrics(engine: Engine, sums: TorrentSums): Metric[] {
  const totals = sessionTotals(engine, sums.counters);
  const webSeeds = sums.webSeedBytes + engine.metrics.closedWebSeedBytes;
  const bytes = (value: number, direction: string, kind: string, transport: string) =>
    series(value, { direction, kind, transport });
  return [
    metric("counter", "transferred_bytes_total", "Bytes of peers and web seeds.", [
      bytes(totals.downloadedBytes - webSeeds, "down", "payload", "tcp"),
      bytes(webSeeds, "down", "payload", "web-seed"),
      bytes(totals.uploadedBytes, "up", "payload", "tcp"),
      bytes(totals.protocolDownBytes, "down", "protocol", "tcp"),
      bytes(totals.protocolUpBytes, "up", "protocol", "tcp"),
    ]),
    metric("counter", "lost_bytes_total", "Received payload that was of no use.", [
      series(totals.wastedBytes, { cause: "duplicate" }),
      series(engine.metrics.failedHashBytes, { cause: "failed-hash" }),
    ]),
    metric(
      "gauge",
      "payload_bytes_per_second",
      "Payload of connected peers, of the last seconds.",
      [
        series(sums.downBytesPerSecond, { direction: "down" }),
        series(sums.upBytesPerSecond, { direction: "up" }),
      ],
    ),
    one("gauge", "session_seconds", "Time since the start of the engine.", totals.activeSeconds),
  ];
}

function connectionMetrics(
  { metrics, network, peerWorkers }: Engine,
  { addresses, incoming, peers, webSeeds }: TorrentSums,
): Metric[] {
  const dials = sum(peerWorkers, (worker) => worker.dials.size);
  return [
    metric("gauge", "connections", "Connections of all torrents, by their kind.", [
      series(incoming, { kind: "incoming" }),
      series(peers - incoming, { kind: "dialled" }),
      series(webSeeds, { kind: "web-seed" }),
    ]),
    one("gauge", "dials_under_way", "Dials without an answer.", dials),
    metric("counter", "dials_total", "Ended dials by their outcome.", metrics.dials.read()),
    metric("counter", "handshakes_total", "Handshakes by our answer.", metrics.admissions.read()),
    metric("counter", "closed_total", "Ended connections by the reason.", metrics.closings.read()),
    one("gauge", "known_addresses", "Addresses of peers that are known.", addresses),
    one("gauge", "bans", "Bans of the user.", network.bans.list.length),
  ];
}

function trackerMetrics({ metrics, network }: Engine): Metric[] {
  const transports = ["http", "udp"] as const;
  const each = (read: (transport: "http" | "udp") => readonly MetricSeries[]) =>
    transports.flatMap(read);
  const { announces } = metrics;
  return [
    metric("counter", "announces_total", "Announces by their outcome.", [
      ...each((transport) => announces[transport].outcomes.read({ transport })),
    ]),
    metric("histogram", "announce_seconds", "From an announce to its reply.", [
      ...each((transport) => [announces[transport].seconds.read({ transport })]),
    ]),
    metric("gauge", "announces_waiting", "Announces that wait for a place.", [
      ...each((transport) => [series(network.trackerLimits[transport].waiting, { transport })]),
    ]),
  ];
}

function pieceMetrics(engine: Engine, { counters }: TorrentSums): Metric[] {
  const { disks, hashPool, metrics, peerWorkers } = engine;
  const times = diskTimes();
  for (const { watch } of disks) watch.addTimes(times);
  const memoryReads = times.memoryRead.read({}).value;
  const used = counters.usedBytes;
  const memory = sum(peerWorkers, ({ downloadBytes }) => downloadBytes);
  const pendingWrites = sum(disks, (disk) => disk.pendingWrites.size);
  return [
    metric("histogram", "hash_seconds", "From sealed pieces to their digests, queues included.", [
      metrics.hashSeconds.read({}),
    ]),
    one("gauge", "hash_queue", "Pieces that wait for a hash thread.", hashPool.queued),
    one("gauge", "hash_threads", "Threads of the hash pool.", hashPool.threads),
    metric("histogram", "disk_seconds", "Disk calls of the file-workers by their kind.", [
      times.read.read({ call: "read" }),
      times.write.read({ call: "write" }),
      times.sync.read({ call: "sync" }),
    ]),
    metric("counter", "disk_reads_total", "Reads of files, by the place that had the bytes.", [
      series(memoryReads, { from: "memory" }),
      series(times.read.read({}).value - memoryReads, { from: "disk" }),
    ]),
    one("gauge", "pending_writes", "Verified pieces that are not on disk.", pendingWrites),
    metric("gauge", "piece_memory_bytes", "Memory for pieces of downloads.", [
      series(used, { part: "used" }),
      series(memory, { part: "all" }),
    ]),
  ];
}

function dhtMetrics({ network }: Engine): Metric[] {
  const { nodes4 = 0, nodes6 = 0, queriesInFlight = 0 } = network.dht?.counts ?? {};
  return [
    metric("gauge", "dht_nodes", "Nodes of the routing tables, by the family of addresses.", [
      series(nodes4, { family: "4" }),
      series(nodes6, { family: "6" }),
    ]),
    one("gauge", "dht_queries_in_flight", "Queries of the DHT without an answer.", queriesInFlight),
  ];
}

function metric(kind: Kind, name: string, text: string, all: readonly MetricSeries[]): Metric {
  return { name: `troupe_${name}`, kind, text, series: all };
}

function one(kind: Kind, name: string, text: string, value: number): Metric {
  return metric(kind, name, text, [series(value, {})]);
}

function series(value: number, labels: MetricSeries["labels"]): MetricSeries {
  return { labels, value };
}

function sum<Item>(items: Iterable<Item>, figure: (item: Item) => number): number {
  let total = 0;
  for (const item of items) total += figure(item);
  return total;
}
