// All figures of an engine at this moment: those that its parts count, and those that its state and the tables of the
// workers have.

import { type EngineMetric, engineMetrics } from "@troupe/control/metrics";
import { diskTimes } from "@troupe/file-worker";
import {
  type Metric,
  type MetricSeries,
  PeerField,
  type TorrentState,
  type Transport,
} from "@troupe/messages";
import { addUtpBytes, noCounters, type CounterSums } from "../../torrent/report/traffic.ts";
import type { TorrentJob } from "../../torrent/torrent-job.ts";
import type { Engine } from "../base/engine-state.ts";
import { sessionTotals } from "../totals/save-totals.ts";

const states: readonly TorrentState[] = [
  ...(["stopped", "metadata", "starting", "checking", "queued"] as const),
  ...(["active", "paused", "stopping", "error"] as const),
];

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
  /** Open connections with peers. */
  readonly open: Record<Transport, number>;
  downBytesPerSecond: number;
  upBytesPerSecond: number;
}

function sumOfTorrents({ awake, torrents }: Engine): TorrentSums {
  const sums = {
    states: new Map<string, number>(states.map((state) => [state, 0])),
    counters: noCounters(),
    ...{ complete: 0, addresses: 0, peers: 0, incoming: 0, webSeeds: 0, webSeedBytes: 0 },
    ...{ downBytesPerSecond: 0, upBytesPerSecond: 0, open: { tcp: 0, utp: 0 } },
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
  for (const { isWebSeed, kind, rowIndex, worker } of peers.connected()) {
    const row = isWebSeed ? content?.traffic.row(worker, rowIndex) : undefined;
    sums.webSeedBytes += row?.field(PeerField.downloadedBytes) ?? 0;
    if (!isWebSeed) sums.open[kind?.transport ?? "tcp"]++;
  }
  if (content === undefined) return;
  sums.downBytesPerSecond += content.traffic.rates.downBytesPerSecond;
  sums.upBytesPerSecond += content.traffic.rates.upBytesPerSecond;
  sums.webSeeds += content.webSeeds.openCount;
}

function torrentMetrics({ metrics, uploadSlots }: Engine, sums: TorrentSums): Metric[] {
  const { total } = uploadSlots.levels;
  const { failed, verified, written } = metrics.pieces;
  return [
    metric("troupe_torrents", [
      ...Array.from(sums.states, ([state, value]) => series(value, { state })),
    ]),
    one("troupe_torrents_complete", sums.complete),
    one("troupe_upload_slots", Math.min(total, 1e9)),
    metric("troupe_pieces_total", [
      series(verified, { result: "verified" }),
      series(failed, { result: "failed" }),
      series(written, { result: "written" }),
    ]),
  ];
}

function byteMetrics(engine: Engine, sums: TorrentSums): Metric[] {
  const totals = sessionTotals(engine, sums.counters);
  const webSeeds = sums.webSeedBytes + engine.metrics.closedWebSeedBytes;
  const utp = { ...sums.counters };
  addUtpBytes(utp, engine.metrics.removedUtp);
  const byTransport = (all: number, overUtp: number, direction: string, kind: string) => [
    series(engine.metrics.tcpBytes(`${direction} ${kind}`, all - overUtp), {
      ...{ direction, kind, transport: "tcp" },
    }),
    series(overUtp, { direction, kind, transport: "utp" }),
  ];
  return [
    metric("troupe_transferred_bytes_total", [
      ...byTransport(totals.downloadedBytes - webSeeds, utp.utpDownloadedBytes, "down", "payload"),
      series(webSeeds, { direction: "down", kind: "payload", transport: "web-seed" }),
      ...byTransport(totals.uploadedBytes, utp.utpUploadedBytes, "up", "payload"),
      ...byTransport(totals.protocolDownBytes, utp.utpProtocolDownBytes, "down", "protocol"),
      ...byTransport(totals.protocolUpBytes, utp.utpProtocolUpBytes, "up", "protocol"),
    ]),
    metric("troupe_lost_bytes_total", [
      series(totals.wastedBytes, { cause: "duplicate" }),
      series(engine.metrics.failedHashBytes, { cause: "failed-hash" }),
    ]),
    metric("troupe_payload_bytes_per_second", [
      series(sums.downBytesPerSecond, { direction: "down" }),
      series(sums.upBytesPerSecond, { direction: "up" }),
    ]),
    one("troupe_session_seconds", totals.activeSeconds),
  ];
}

function connectionMetrics(
  { metrics, network, peerWorkers }: Engine,
  { addresses, incoming, open, peers, webSeeds }: TorrentSums,
): Metric[] {
  const dials = sum(peerWorkers, (worker) => worker.dials.size);
  return [
    metric("troupe_connections", [
      series(incoming, { kind: "incoming" }),
      series(peers - incoming, { kind: "dialled" }),
      series(webSeeds, { kind: "web-seed" }),
    ]),
    metric("troupe_peer_connections", [
      series(open.tcp, { transport: "tcp" }),
      series(open.utp, { transport: "utp" }),
    ]),
    one("troupe_dials_under_way", dials),
    metric("troupe_dials_total", metrics.dials.read()),
    metric("troupe_holepunches_total", metrics.holepunches.read()),
    metric("troupe_handshakes_total", metrics.admissions.read()),
    metric("troupe_agreed_versions_total", metrics.versions.read()),
    metric("troupe_closed_total", metrics.closings.read()),
    one("troupe_known_addresses", addresses),
    one("troupe_bans", network.bans.list.length),
  ];
}

function trackerMetrics({ metrics, network }: Engine): Metric[] {
  const transports = ["http", "udp"] as const;
  const each = (read: (transport: "http" | "udp") => readonly MetricSeries[]) =>
    transports.flatMap(read);
  const { announces } = metrics;
  return [
    metric("troupe_announces_total", [
      ...each((transport) => announces[transport].outcomes.read({ transport })),
    ]),
    metric("troupe_announce_seconds", [
      ...each((transport) => [announces[transport].seconds.read({ transport })]),
    ]),
    metric("troupe_announces_waiting", [
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
    metric("troupe_hash_seconds", [metrics.hashSeconds.read({})]),
    one("troupe_hash_queue", hashPool.queued),
    one("troupe_hash_threads", hashPool.threads),
    metric("troupe_disk_seconds", [
      times.read.read({ call: "read" }),
      times.write.read({ call: "write" }),
      times.sync.read({ call: "sync" }),
    ]),
    metric("troupe_disk_reads_total", [
      series(memoryReads, { from: "memory" }),
      series(times.read.read({}).value - memoryReads, { from: "disk" }),
    ]),
    one("troupe_pending_writes", pendingWrites),
    metric("troupe_piece_memory_bytes", [
      series(used, { part: "used" }),
      series(memory, { part: "all" }),
    ]),
  ];
}

function dhtMetrics({ network }: Engine): Metric[] {
  const { nodes4 = 0, nodes6 = 0, queriesInFlight = 0 } = network.dht?.counts ?? {};
  return [
    metric("troupe_dht_nodes", [series(nodes4, { family: "4" }), series(nodes6, { family: "6" })]),
    one("troupe_dht_queries_in_flight", queriesInFlight),
  ];
}

function metric(name: EngineMetric, all: readonly MetricSeries[]): Metric {
  const { kind, text } = engineMetrics[name];
  return { name, kind, text, series: all };
}

function one(name: EngineMetric, value: number): Metric {
  return metric(name, [series(value, {})]);
}

function series(value: number, labels: MetricSeries["labels"]): MetricSeries {
  return { labels, value };
}

function sum<Item>(items: Iterable<Item>, figure: (item: Item) => number): number {
  let total = 0;
  for (const item of items) total += figure(item);
  return total;
}
