import test from "ava";
import { engineMetrics } from "@troupe/control/metrics";
import { Total, type Metric, type PeerRowIndex } from "@troupe/messages";
import { bytesOf } from "../../../src/engine/totals/save-totals.ts";
import { readMetrics } from "../../../src/engine/metrics/read-metrics.ts";
import { at, makeScene, putIn } from "../../support/engine-scene.ts";

const valueOf = (metrics: readonly Metric[], name: string, labels: Record<string, string> = {}) =>
  metrics
    .find((metric) => metric.name === name)
    ?.series.find((series) =>
      Object.entries(labels).every(([label, value]) => series.labels[label] === value),
    )?.value;

test("I02: an engine has more than a hundred series, each with a name and labels of its own", (t) => {
  const { engine } = makeScene();
  const metrics = readMetrics(engine);
  const names = metrics.flatMap(({ name, series }) =>
    series.map(({ labels }) => `${name} ${JSON.stringify(labels)}`),
  );
  t.is(new Set(names).size, names.length);
  const values = metrics
    .flatMap(({ series }) => series)
    .flatMap(({ buckets, value }): readonly unknown[] => buckets ?? [value]);
  t.true(values.length >= 100, `${values.length} series`);
  for (const { kind, name, text } of metrics) {
    t.regex(name, /^troupe_[a-z_]+$/);
    t.is(name.endsWith("_total"), kind === "counter", name);
    t.regex(text, /^[A-Z].*\.$/);
  }
});

test("I02: the metrics of an engine are those of the table, each with the labels of its row", (t) => {
  const metrics = readMetrics(makeScene().engine);
  t.deepEqual(
    metrics.map(({ name }) => name),
    Object.keys(engineMetrics),
  );
  const rows = Object.entries(engineMetrics);
  for (const [index, [name, { kind, labels, text }]] of rows.entries()) {
    const metric = at(metrics, index);
    t.deepEqual([metric.name, metric.kind, metric.text], [name, kind, text]);
    for (const { labels: seen } of metric.series)
      t.deepEqual(Object.keys(seen).toSorted(), labels.toSorted(), name);
  }
});

test("I02: bytes over uTP are apart from those over TCP, stay with the removal of their torrent, and no figure falls", (t) => {
  const { engine, addJob } = makeScene();
  const job = addJob();
  const { totals } = at(job.content.traffic.tables, 0);
  const shown = (): readonly unknown[] =>
    ["down payload", "up payload", "down protocol", "up protocol"].map((which) => {
      const [direction = "", kind = ""] = which.split(" ");
      return ["tcp", "utp"].map((transport) =>
        valueOf(readMetrics(engine), "troupe_transferred_bytes_total", {
          ...{ direction, kind, transport },
        }),
      );
    });
  totals.set([100, 200, 0, 0, 0, 30, 40, 10, 120, 29, 1]);
  const expected = [
    [90, 10],
    [80, 120],
    [1, 29],
    [39, 1],
  ];
  t.deepEqual(shown(), expected);
  engine.totals.torrentRemoved(bytesOf(job));
  engine.metrics.torrentRemoved(job.content.traffic);
  engine.torrents.delete(job.id);
  t.deepEqual(shown(), expected);
  // The worker writes a part between two reads.
  engine.metrics.removedUtp.utpDownloadedBytes += 5;
  t.deepEqual(shown()[0], [90, 15]);
});

test("I02: open connections are counted by their transport, without web seeds", (t) => {
  const { engine, addJob } = makeScene();
  const job = addJob();
  const counts = (): readonly unknown[] =>
    ["tcp", "utp"].map((transport) =>
      valueOf(readMetrics(engine), "troupe_peer_connections", { transport }),
    );
  t.deepEqual(counts(), [0, 0]);
  for (const [index, transport] of (["utp", "tcp", "utp"] as const).entries()) {
    const peer = {
      ...{ worker: 0, host: `8.0.0.${index}`, port: 1, subscriber: undefined, peerId: `${index}` },
      ...{ isIncoming: false, isWebSeed: false, admittedAtMs: 0, rowIndex: undefined },
      passedPieces: 0,
      version: "v1" as const,
    };
    job.peers.admit(peer);
    const kind = { transport, encryption: "none" } as const;
    job.peers.opened(0, peer.peerId, index as PeerRowIndex, { ...peer, kind });
  }
  t.deepEqual(counts(), [1, 2]);
});

test("I02: torrents are counted by their state, and bytes of removed torrents stay", (t) => {
  const { engine, addJobWithoutContent } = makeScene();
  addJobWithoutContent();
  const payload = { direction: "up", kind: "payload" };
  t.is(valueOf(readMetrics(engine), "troupe_torrents", { state: "stopped" }), 1);
  engine.totals.torrentRemoved({
    downloadedBytes: 0,
    uploadedBytes: 7,
    wastedBytes: 3,
    protocolDownBytes: 0,
    protocolUpBytes: 0,
  });
  t.is(valueOf(readMetrics(engine), "troupe_transferred_bytes_total", payload), 7);
  t.is(valueOf(readMetrics(engine), "troupe_lost_bytes_total", { cause: "duplicate" }), 3);
});

test("I02: an idle torrent counts with the bytes of its last second, any other with those of now", (t) => {
  const { engine, addJob } = makeScene();
  const received = (): number | undefined =>
    valueOf(readMetrics(engine), "troupe_transferred_bytes_total", {
      direction: "down",
      kind: "payload",
      transport: "tcp",
    });
  const jobs = [addJob(), addJob()];
  const tables = jobs.map(({ content }) => at(content.traffic.tables, 0));
  const count = (bytes: number): void => {
    for (const { totals } of tables) totals[Total.downloadedBytes] = bytes;
  };
  count(100);
  t.is(received(), 200);
  const moved = { downloadedBytes: 0, uploadedBytes: 0, protocolDownBytes: 0, protocolUpBytes: 0 };
  for (const { content } of jobs) content.traffic.takeMoved(moved);
  t.is(moved.downloadedBytes, 200);
  engine.awake.delete(at(jobs, 0));
  count(150);
  t.is(received(), 250);
  putIn(at(jobs, 0), "stopped");
  t.is(received(), 300, "a torrent outside of the swarm is looked at");
});
