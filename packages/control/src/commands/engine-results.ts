// Gates of the results of questions about an engine.

import { figure, list, map, record, text, whole, word } from "../gates/gate.ts";
import { anyText, count, infoHash, mostTorrents, pace } from "./shared-gates.ts";

const mostBans = 10_000;
const mostLines = 100_000;
const anyName = text(String.raw`[\s\S]{1,1000}`, "a name");

/** Addresses and prefixes that are banned, or no longer. */
export const addressList = list(anyText, mostBans);

/** The bans. */
export const shownBans = list(
  record({ address: anyText, since: count }, ["address", "since"]),
  mostBans,
);

const totalNames = [
  ...(["downloadedBytes", "uploadedBytes", "wastedBytes"] as const),
  ...(["protocolDownBytes", "protocolUpBytes", "activeSeconds", "sessions"] as const),
];
const totals = record(
  {
    downloadedBytes: count,
    uploadedBytes: count,
    wastedBytes: count,
    protocolDownBytes: count,
    protocolUpBytes: count,
    activeSeconds: figure,
    sessions: count,
  },
  totalNames,
);

/** The totals of this engine, and of all on its state folder; the nodes in the routing tables of the DHT. */
export const shownTotals = record({ session: totals, overall: totals, dhtNodes: count }, [
  "session",
]);

const bucket = list(figure, 2, 2);
const series = record(
  { labels: map(anyName, anyText, 100), value: figure, sum: figure, buckets: list(bucket, 1_000) },
  ["labels", "value"],
);

/** The metrics of an engine. */
export const shownMetrics = list(
  record(
    {
      name: anyText,
      kind: word("counter", "gauge", "histogram"),
      text: anyText,
      series: list(series, mostLines),
    },
    ["name", "kind", "text", "series"],
  ),
  mostLines,
);

const rates = list(pace, mostLines);

/** The rates of the last seconds. */
export const shownRates = record(
  {
    endsAt: count,
    seconds: count,
    lengthsMs: rates,
    down: rates,
    up: rates,
    protocolDown: rates,
    protocolUp: rates,
  },
  ["endsAt", "seconds", "lengthsMs", "down", "up", "protocolDown", "protocolUp"],
);

/** The supervision tree, a line an actor. A line belongs to the last one above it whose level is lower. */
export const shownActors = list(
  record(
    {
      level: count,
      name: anyText,
      kind: word("actor", "pool", "supervisor"),
      state: word(
        ...(["starting", "running", "restarting", "stopping"] as const),
        ...(["stopped", "abandoned", "unknown"] as const),
      ),
      epoch: count,
      restarts: count,
      lastError: anyText,
      mailbox: count,
      threads: count,
      loopDelayMs: record({ p99: figure, p999: figure, max: figure }, ["p99", "p999", "max"]),
      cpuSeconds: figure,
      heapBytes: count,
      figures: map(anyName, figure, 1_000),
    },
    ["level", "name", "kind", "state", "epoch", "restarts", "mailbox"],
  ),
  mostLines,
);

const port = whole(0, 65_535);
const dhtPorts = record({ ipv4: port, ipv6: port });

/** The ports of an engine. */
export const shownPorts = record({ port, publicPort: port, dht: dhtPorts }, [
  "port",
  "publicPort",
  "dht",
]);

/** The IP filter, if there is one. */
export const shownIpFilter = record({
  ipFilter: record(
    {
      ...{ path: anyText, ranges: count, skippedLines: count, firstSkippedLine: count },
      error: anyText,
    },
    ["ranges", "skippedLines"],
  ),
});

/** The list of trackers, if there is one. */
export const shownTrackerList = record({
  trackerList: record(
    { source: anyText, trackers: count, skippedLines: count, readAt: count, error: anyText },
    ["source", "trackers", "skippedLines"],
  ),
});

/** The space of the volume that a folder lies on. `freeBytes` are those that this user may fill. */
export const shownFreeSpace = record({ freeBytes: count, totalBytes: count }, [
  "freeBytes",
  "totalBytes",
]);

/** Torrents that were brought back, and those that could not be. */
export const shownRestored = record(
  {
    torrents: list(infoHash, mostTorrents),
    failed: list(
      record({ torrent: infoHash, directory: anyText, code: anyText, message: anyText }, [
        "torrent",
        "directory",
        "code",
        "message",
      ]),
      mostTorrents,
    ),
  },
  ["torrents", "failed"],
);
