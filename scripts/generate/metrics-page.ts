// docs/metrics.md: every metric, from the tables of packages/control and packages/service.

import { engineMetrics, type MetricRow } from "@troupe/control/metrics";
import { torrentMetrics } from "../../packages/service/src/metrics/torrent-metrics.ts";
import { markdownTable } from "./markdown-table.ts";

const head = `# Metrics

\`pnpm generate\` writes this page from the tables of metrics in \`packages/control\` and \`packages/service\`.

The service answers at \`/metrics\` in Prometheus' text format, to callers with the right \`read\`, and with \`--metrics-open\` to all.
\`Coordinator.metrics()\` gives a program the metrics of its engine. Names and labels stay the same; further ones may come. Counters begin anew with each engine. While the engine restarts, \`/metrics\` answers with the status 503, so that Prometheus' own
\`up\` is 0. A metric without a series is left out. \`examples/grafana/troupe.json\` is a dashboard for Grafana.

\`\`\`yaml
scrape_configs:
  - job_name: troupe
    authorization: { credentials_file: /etc/prometheus/troupe-token }
    static_configs: [{ targets: ["127.0.0.1:9091"] }]
\`\`\`

[load-figures.md](load-figures.md) has the metrics of load tests.`;

const torrentText = `These are there with \`--metrics-per-torrent\` alone, because their labels hold hashes and names. The first 1,000 torrents have them, in the order of
their adding. No label of another metric holds a hash, a name, a path or an address.`;

/** The text of docs/metrics.md. */
export function metricsPage(): string {
  const sections = [
    head,
    `## Of the engine\n\n${tableOf(engineMetrics)}`,
    `## Of single torrents\n\n${torrentText}\n\n${tableOf(torrentMetrics)}`,
  ];
  return `${sections.join("\n\n")}\n`;
}

function tableOf(rows: Readonly<Record<string, MetricRow>>): string {
  const lines = Object.entries(rows).map(([name, { kind, labels, question, text }]) => [
    ...[`\`${name}\``, kind, labels.map((label) => `\`${label}\``).join(", ")],
    ...[text, question],
  ]);
  return markdownTable(["metric", "kind", "labels", "meaning", "question that it answers"], lines);
}
