// Prometheus' judge reads the metrics of the engine and of the load tester, and the queries of the dashboard.

import { metricsText } from "@troupe/control/metrics";
import { measuredRun, runMetrics } from "@troupe/load-tester";
import test from "ava";
import { fakeResult } from "../../packages/load-tester/test/support/fake-result.ts";
import { writtenMetric } from "../../packages/service/src/metrics/metrics-route.ts";
import { metricsOfTorrents } from "../../packages/service/src/metrics/torrent-metrics.ts";
import { exampleRow } from "../../packages/service/test/support/example-row.ts";
import { queriesOf, readDashboard } from "../support/metrics/dashboard.ts";
import { complaintsOfMetrics, complaintsOfQueries } from "../support/metrics/promtool.ts";
import { Swarm } from "../support/swarm/swarm.ts";

test("promtool has no complaint about the metrics of an engine that has downloaded", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes: 65_536, files: 2 << 20 });
  await swarm.seed();
  const { coordinator, record } = await swarm.join();
  await record.torrent.completed;
  const metrics = await coordinator.metrics();
  const text = metricsText(metrics.map(writtenMetric));
  t.regex(text, /^troupe_pieces_total\{result="verified"\} 32$/m);
  t.regex(text, /^troupe_hash_seconds_bucket\{le="\+Inf"\} [1-9]\d*$/m);
  t.is(await complaintsOfMetrics(text), "");
});

test("promtool has no complaint about the metrics of single torrents, whatever their names", async (t) => {
  const names = ['quotes " and \\', "line\nbreak", "日本 é", '{a="b"} # 1', ""];
  const rows = names.map((name, index) =>
    exampleRow({ torrent: String(index).padStart(40, "0"), name }),
  );
  t.is(await complaintsOfMetrics(metricsText(metricsOfTorrents(rows))), "");
});

test("promtool has no complaint about the metrics of a load test", async (t) => {
  const text = runMetrics(measuredRun(fakeResult()), "small", ["request_block.p99 < 50ms"]);
  t.is(await complaintsOfMetrics(text), "");
});

test("promtool complains of a counter without its ending, of two types, and of a wrong query", async (t) => {
  const gauge = "# HELP a_total A.\n# TYPE a_total gauge\na_total 1\n";
  t.regex(await complaintsOfMetrics(gauge), /_total/);
  t.regex(await complaintsOfMetrics(`${gauge}# TYPE a_total counter\n`), /status 1/);
  t.regex(await complaintsOfQueries(["sum(a", "a"]), /status 1/);
});

test("promtool reads every query of the dashboard", async (t) => {
  const queries = queriesOf(readDashboard()).map(({ expr }) =>
    expr.replaceAll("$__rate_interval", "5m"),
  );
  t.true(queries.length > 20);
  t.is(await complaintsOfQueries(queries), "");
});
