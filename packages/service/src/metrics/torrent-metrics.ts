// Metrics of single torrents, which only a user who asks for them gets: their labels hold hashes and names.

import type { MetricRow, WrittenMetric } from "@troupe/control/metrics";
import { cleanText } from "@troupe/protocol/text";
import type { TorrentRow } from "../view/torrent-row.ts";

/** Torrents with series of their own, the oldest first; further torrents are counted in `troupe_torrents_without_series`. */
const mostTorrents = 1_000;
/** UTF-16 code units of the label `name`. */
const longestName = 200;

const labels = ["torrent", "name"] as const;

type TorrentMetricRow = MetricRow & { readonly kind: "counter" | "gauge" };

/** The metrics of a torrent by their names. */
export const torrentMetrics = {
  troupe_torrent_downloaded_bytes_total: {
    kind: "counter",
    labels,
    text: "Payload that a torrent has received.",
    question: "Which torrents download?",
  },
  troupe_torrent_uploaded_bytes_total: {
    kind: "counter",
    labels,
    text: "Payload that a torrent has sent.",
    question: "Which torrents are in demand?",
  },
  troupe_torrent_wasted_bytes_total: {
    kind: "counter",
    labels,
    text: "Received payload of a torrent that was of no use.",
    question: "Which torrent gets wrong or repeated data?",
  },
  troupe_torrent_down_bytes_per_second: {
    kind: "gauge",
    labels,
    text: "Payload that a torrent receives, of the last seconds.",
    question: "Which torrent takes the line now?",
  },
  troupe_torrent_up_bytes_per_second: {
    kind: "gauge",
    labels,
    text: "Payload that a torrent sends, of the last seconds.",
    question: "Which torrent takes the uplink now?",
  },
  troupe_torrent_left_bytes: {
    kind: "gauge",
    labels,
    text: "Wanted bytes that a torrent lacks.",
    question: "How far is a download?",
  },
  troupe_torrent_peers: {
    kind: "gauge",
    labels,
    text: "Connected peers of a torrent.",
    question: "Which torrents have no peers?",
  },
  troupe_torrent_failed: {
    kind: "gauge",
    labels,
    text: "1 for a torrent in the state `error`, else 0.",
    question: "Which torrents have failed?",
  },
  troupe_torrents_without_series: {
    kind: "gauge",
    labels: [],
    text: "Torrents beyond the first 1,000, which have no series of their own.",
    question: "Do the metrics of single torrents show all torrents?",
  },
} as const satisfies Readonly<Record<string, TorrentMetricRow>>;

type TorrentMetric = Exclude<keyof typeof torrentMetrics, "troupe_torrents_without_series">;

const values: Readonly<Record<TorrentMetric, (row: TorrentRow) => number>> = {
  troupe_torrent_downloaded_bytes_total: (row) => row.downloadedBytes,
  troupe_torrent_uploaded_bytes_total: (row) => row.uploadedBytes,
  troupe_torrent_wasted_bytes_total: (row) => row.wastedBytes,
  troupe_torrent_down_bytes_per_second: (row) => row.downBytesPerSecond,
  troupe_torrent_up_bytes_per_second: (row) => row.upBytesPerSecond,
  troupe_torrent_left_bytes: (row) => row.leftBytes,
  troupe_torrent_peers: (row) => row.peers,
  troupe_torrent_failed: (row) => Number(row.state === "error"),
};

/** The metrics of the torrents of a view. @param rows In the order of their adding. */
export function metricsOfTorrents(rows: readonly TorrentRow[]): WrittenMetric[] {
  const shown = rows.slice(0, mostTorrents).map((row) => ({
    row,
    labels: { torrent: row.torrent, name: cleanText(row.name, longestName) },
  }));
  const names = Object.keys(values) as TorrentMetric[];
  const metrics = names.map((name) =>
    written(
      name,
      shown.map(({ row, labels: own }) => ({ labels: own, value: values[name](row) })),
    ),
  );
  const left = [{ labels: {}, value: rows.length - shown.length }];
  return [...metrics, written("troupe_torrents_without_series", left)];
}

function written(
  name: keyof typeof torrentMetrics,
  samples: WrittenMetric["samples"],
): WrittenMetric {
  const { kind, text } = torrentMetrics[name];
  return { name, type: kind, help: text, samples };
}
