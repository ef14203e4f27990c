// All figures of an engine at this moment: those that its parts count, and those that its state and the tables of the
// workers have.

import { diskTimes } from "@troupe/file-worker";
import {
  type Metric,
  type MetricSeries,
  PeerField,
  Total,
  type TorrentState,
} from "@troupe/messages";
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
  return [
    ...torrentMetrics(engine),
    ...byteMetrics(engine),
    ...connectionMetrics(engine),
    ...trackerMetrics(engine),
    ...pieceMetrics(engine),
    ...dhtMetrics(engine),
  ];
}

function torrentMetrics({ metrics, torrents, uploadSlots }: Engine): Metric[] {
  const jobs = [...torrents.values()];
  const counts = new Map<string, number>(states.map((state) => [state, 0]));
  for (const { state } of jobs) counts.set(state, (counts.get(state) ?? 0) + 1);
  const complete = jobs.filter(({ isComplete }) => isComplete).length;
  const { slots } = uploadSlots.level;
  const { failed, verified, written } = metrics.pieces;
  return [
    metric("gauge", "torrents", "Torrents by their state.", [
      ...Array.from(counts, ([state, value]) => series(value, { state })),
    ]),
    one("gauge", "torrents_complete", "Torrents that have all that they want.", complete),
    one("gauge", "upload_slots", "Upload slots of all torrents.", Math.min(slots, 1e9)),
    metric("counter", "pieces_total", "Pieces of downloads, by what became of them.", [
      series(verified, { result: "verified" }),
      series(failed, { result: "failed" }),
      series(written, { result: "written" }),
    ]),
  ];
}

function byteMetrics(engine: Engine): Metric[] {
  const totals = sessionTotals(engine);
  const webSeeds = webSeedBytes(engine);
  const jobs = [...engine.torrents.values()];
  const rate = (field: "downBytesPerSecond" | "upBytesPerSecond"): number =>
    sum(jobs, ({ content }) => content?.traffic.rates[field] ?? 0);
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
        series(rate("downBytesPerSecond"), { direction: "down" }),
        series(rate("upBytesPerSecond"), { direction: "up" }),
      ],
    ),
    one("gauge", "session_seconds", "Time since the start of the engine.", totals.activeSeconds),
  ];
}

function connectionMetrics({ metrics, network, peerWorkers, torrents }: Engine): Metric[] {
  const jobs = [...torrents.values()];
  const incoming = sum(jobs, ({ peers }) => peers.incomingCount);
  const peers = sum(jobs, (job) => job.peers.size);
  const webSeeds = sum(jobs, ({ content }) => content?.webSeeds.openCount ?? 0);
  const addresses = sum(jobs, ({ directory }) => directory.size);
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

function pieceMetrics(engine: Engine): Metric[] {
  const { disks, hashPool, metrics, peerWorkers, torrents } = engine;
  const times = diskTimes();
  for (const { watch } of disks) watch.addTimes(times);
  const memoryReads = times.memoryRead.read({}).value;
  const traffics = [...torrents.values()].flatMap(({ content }) => content?.traffic ?? []);
  const used = sum(traffics, ({ tables }) =>
    // A worker that has been down since before the start leaves a hole.
    sum(tables, (table) => table?.totals[Total.usedBytes] ?? 0),
  );
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
    metric("counter", "disk_reads_total", "Reads of files, by the place that had their bytes.", [
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

function webSeedBytes({ metrics, torrents }: Engine): number {
  return sum(torrents.values(), openWebSeedBytes) + metrics.closedWebSeedBytes;
}

function openWebSeedBytes({ content, peers }: TorrentJob): number {
  if (content === undefined || content.webSeeds.openCount === 0) return 0;
  return sum(peers.connected(), ({ isWebSeed, rowIndex, worker }) =>
    isWebSeed ? (content.traffic.row(worker, rowIndex)?.field(PeerField.downloadedBytes) ?? 0) : 0,
  );
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
