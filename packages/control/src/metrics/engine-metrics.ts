// The metrics of an engine. Names and labels stay the same. No label names a torrent, a path or an address.

import type { MetricRow } from "./metric-row.ts";

const torrents = {
  troupe_torrents: {
    kind: "gauge",
    labels: ["state"],
    text: "Torrents by their state.",
    question: "How many torrents are active, and how many have failed?",
  },
  troupe_torrents_complete: {
    kind: "gauge",
    labels: [],
    text: "Torrents that have all that they want.",
    question: "How many torrents are only seeded?",
  },
  troupe_upload_slots: {
    kind: "gauge",
    labels: [],
    text: "Upload slots of all torrents.",
    question: "How many peers may be served at once?",
  },
  troupe_pieces_total: {
    kind: "counter",
    labels: ["result"],
    text: "Pieces of downloads, by what became of them.",
    question: "Do downloaded pieces pass their hash, and do they reach the disk?",
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

const bytes = {
  troupe_transferred_bytes_total: {
    kind: "counter",
    labels: ["direction", "kind", "transport"],
    text: "Bytes of peers and web seeds by their transport: `tcp`, `utp` or `web-seed`. The heads of packets do not count.",
    question: "How much was downloaded and uploaded, and how much of it was protocol?",
  },
  troupe_lost_bytes_total: {
    kind: "counter",
    labels: ["cause"],
    text: "Received payload that was of no use.",
    question: "How much of the line is wasted, and do peers send wrong data?",
  },
  troupe_payload_bytes_per_second: {
    kind: "gauge",
    labels: ["direction"],
    text: "Payload of connected peers, of the last seconds.",
    question: "How fast are downloads and uploads now?",
  },
  troupe_session_seconds: {
    kind: "gauge",
    labels: [],
    text: "Time since the start of the engine.",
    question: "When did the engine last restart?",
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

const connections = {
  troupe_connections: {
    kind: "gauge",
    labels: ["kind"],
    text: "Connections of all torrents, by their kind.",
    question: "Do peers reach this machine, or does it dial all of them?",
  },
  troupe_peer_connections: {
    kind: "gauge",
    labels: ["transport"],
    text: "Open connections with peers by their transport.",
    question: "Which share of the peers is reached over uTP?",
  },
  troupe_dials_under_way: {
    kind: "gauge",
    labels: [],
    text: "Dials without an answer.",
    question: "Are many addresses dead, so that dials wait for their time limit?",
  },
  troupe_dials_total: {
    kind: "counter",
    labels: ["outcome"],
    text: "Ended dials by their outcome.",
    question: "Which share of dials succeeds, and why do the others fail?",
  },
  troupe_holepunches_total: {
    kind: "counter",
    labels: ["event"],
    text: "Steps of connections through a relay (BEP 55).",
    question: "Do relays lead to peers behind routers, and do peers use this engine as a relay?",
  },
  troupe_handshakes_total: {
    kind: "counter",
    labels: ["outcome"],
    text: "Handshakes by our answer.",
    question: "Are incoming connections refused, and why?",
  },
  troupe_agreed_versions_total: {
    kind: "counter",
    labels: ["version"],
    text: "Opened connections with peers by the version that both sides speak; `upgraded` began by version 1.",
    question: "How many peers speak version 2, and how many of them were found by version 1?",
  },
  troupe_closed_total: {
    kind: "counter",
    labels: ["reason"],
    text: "Ended connections by the reason.",
    question: "Why do connections end: idle peers, faults, bounds of this engine?",
  },
  troupe_known_addresses: {
    kind: "gauge",
    labels: [],
    text: "Addresses of peers that are known.",
    question: "Are there peers left to dial?",
  },
  troupe_bans: {
    kind: "gauge",
    labels: [],
    text: "Bans of the user.",
    question: "How near is the bound of 10,000 bans?",
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

const trackers = {
  troupe_announces_total: {
    kind: "counter",
    labels: ["transport", "outcome"],
    text: "Announces by their outcome.",
    question: "Do trackers answer, and with which errors do announces fail?",
  },
  troupe_announce_seconds: {
    kind: "histogram",
    labels: ["transport"],
    text: "From an announce to its reply.",
    question: "How slow are the trackers?",
  },
  troupe_announces_waiting: {
    kind: "gauge",
    labels: ["transport"],
    text: "Announces that wait for a place.",
    question: "Are there more announces than the engine sends at once?",
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

const pieces = {
  troupe_hash_seconds: {
    kind: "histogram",
    labels: [],
    text: "From sealed pieces to their digests, queues included.",
    question: "Does hashing keep pace with the download?",
  },
  troupe_hash_queue: {
    kind: "gauge",
    labels: [],
    text: "Pieces that wait for a hash thread.",
    question: "Is the processor the bottleneck?",
  },
  troupe_hash_threads: {
    kind: "gauge",
    labels: [],
    text: "Threads of the hash pool.",
    question: "How many cores does hashing use at most?",
  },
  troupe_disk_seconds: {
    kind: "histogram",
    labels: ["call"],
    text: "Disk calls of the file-workers by their kind.",
    question: "How slow is the disk at reads, writes and syncs?",
  },
  troupe_disk_reads_total: {
    kind: "counter",
    labels: ["from"],
    text: "Reads of files, by the place that had the bytes.",
    question: "Which share of uploads comes from memory?",
  },
  troupe_pending_writes: {
    kind: "gauge",
    labels: [],
    text: "Verified pieces that are not on disk.",
    question: "Is the disk the bottleneck, or does it not answer?",
  },
  troupe_piece_memory_bytes: {
    kind: "gauge",
    labels: ["part"],
    text: "Memory for pieces of downloads.",
    question: "Is the memory of the setting `memory` used up?",
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

const dht = {
  troupe_dht_nodes: {
    kind: "gauge",
    labels: ["family"],
    text: "Nodes of the routing tables, by the family of addresses.",
    question: "Is the engine in the DHT?",
  },
  troupe_dht_queries_in_flight: {
    kind: "gauge",
    labels: [],
    text: "Queries of the DHT without an answer.",
    question: "Do nodes of the DHT answer?",
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

/** The metrics of an engine by their names, in the order in which they are written. */
export const engineMetrics = {
  ...torrents,
  ...bytes,
  ...connections,
  ...trackers,
  ...pieces,
  ...dht,
} as const;

/** The name of a metric of an engine. */
export type EngineMetric = keyof typeof engineMetrics;
