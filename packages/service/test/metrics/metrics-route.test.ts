import { TroupeError } from "@troupe/control";
import test from "ava";
import { metricsRoute } from "../../src/metrics/metrics-route.ts";
import { torrentMetrics } from "../../src/metrics/torrent-metrics.ts";
import { exampleRow } from "../support/example-row.ts";
import { RecordedCalls } from "../support/recorded-calls.ts";
import { answerOf } from "../support/request.ts";
import { textOf } from "../support/response-text.ts";

const metrics = [
  {
    name: "troupe_torrents",
    kind: "gauge",
    text: "Torrents by their state.",
    series: [
      { labels: { state: "active" }, value: 2 },
      { labels: { state: "error" }, value: 0 },
    ],
  },
  {
    name: "troupe_hash_seconds",
    kind: "histogram",
    text: "Hashes.",
    series: [{ labels: {}, value: 3, sum: 0.5, buckets: [[0.1, 2]] }],
  },
  { name: "troupe_closed_total", kind: "counter", text: "None yet.", series: [] },
];

const rows = [
  exampleRow({ name: 'a "film"\n\u0007', downloadedBytes: 5, state: "error" }),
  exampleRow({ torrent: "bb".repeat(20), peers: 3 }),
];

test("I02: /metrics has the engine's figures in the text format, without hashes and names", async (t) => {
  const response = await answerOf(metricsRoute({}), new RecordedCalls(rows, { metrics }), {
    url: "/metrics",
  });
  t.is(response.status, 200);
  t.is(response.headers?.["Content-Type"], "text/plain; version=0.0.4; charset=utf-8");
  t.is(
    response.body,
    [
      "# HELP troupe_torrents Torrents by their state.",
      "# TYPE troupe_torrents gauge",
      'troupe_torrents{state="active"} 2',
      'troupe_torrents{state="error"} 0',
      "# HELP troupe_hash_seconds Hashes.",
      "# TYPE troupe_hash_seconds histogram",
      'troupe_hash_seconds_bucket{le="0.1"} 2',
      'troupe_hash_seconds_bucket{le="+Inf"} 3',
      "troupe_hash_seconds_sum 0.5",
      "troupe_hash_seconds_count 3",
      "",
    ].join("\n"),
  );
});

test("/metrics needs a credential unless it is open", (t) => {
  t.is(metricsRoute({}).isOpen, undefined);
  t.is(metricsRoute({ isMetricsOpen: false }).isOpen, undefined);
  t.is(metricsRoute({ isMetricsOpen: true }).isOpen, true);
});

test("each torrent has its series on demand, under its hash and its cleaned name", async (t) => {
  const route = metricsRoute({ isPerTorrent: true });
  const answer = await answerOf(route, new RecordedCalls(rows, { metrics: [] }), {
    url: "/metrics",
  });
  const body = textOf(answer);
  const lines = body.split("\n");
  const labels = `{torrent="${"aa".repeat(20)}",name="a \\"film\\""}`;
  t.true(lines.includes(`troupe_torrent_downloaded_bytes_total${labels} 5`), body);
  t.true(lines.includes(`troupe_torrent_failed${labels} 1`));
  t.true(lines.includes(`troupe_torrent_peers{torrent="${"bb".repeat(20)}",name="a film"} 3`));
  t.true(lines.includes("troupe_torrents_without_series 0"));
  const types = lines.flatMap((line) => (line.startsWith("# TYPE ") ? [line.split(" ")[2]] : []));
  t.deepEqual(types, Object.keys(torrentMetrics));
});

test("the first 1,000 torrents have series; the others are counted", async (t) => {
  const many = Array.from({ length: 1_003 }, (_, index) =>
    exampleRow({ torrent: index.toString(16).padStart(40, "0") }),
  );
  const route = metricsRoute({ isPerTorrent: true });
  const answer = await answerOf(route, new RecordedCalls(many, { metrics: [] }), {
    url: "/metrics",
  });
  const body = textOf(answer);
  t.is(body.match(/^troupe_torrent_peers\{/gm)?.length, 1_000);
  t.regex(body, /^troupe_torrents_without_series 3$/m);
});

test("without an engine /metrics is 503 with Retry-After, in a sentence", async (t) => {
  const error = new TroupeError("engine-restarting", "cannot ask the engine: it restarts");
  const response = await answerOf(metricsRoute({}), new RecordedCalls([], { metrics: error }), {
    url: "/metrics",
  });
  t.is(response.status, 503);
  t.is(response.headers?.["Retry-After"], "1");
  t.is(response.body, "engine-restarting: cannot ask the engine: it restarts\n");
});
