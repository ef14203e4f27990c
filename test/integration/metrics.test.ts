import test from "ava";
import type { Coordinator } from "@troupe/coordinator";
import { Relay } from "../support/swarm/relay.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { found, until } from "../support/time/until.ts";

const shape = { pieceLengthBytes: 32 * 1024, files: 3 << 20 };

/** Values by the name of the metric and its labels. */
async function valuesOf(coordinator: Coordinator): Promise<ReadonlyMap<string, number>> {
  const metrics = await coordinator.metrics();
  return new Map(
    metrics.flatMap(({ name, series }) =>
      series.map(
        ({ labels, value }) => [[name, ...Object.values(labels)].join(" "), value] as const,
      ),
    ),
  );
}

test("I02: the metrics of a download are those of its progress", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { host, port } = await swarm.pacedSeeder();
  const { coordinator, record } = await swarm.join({ torrent: { peers: [{ host, port }] } });
  await record.torrent.completed;
  const values = await valuesOf(coordinator);
  const { progress } = record.torrent;
  const bytes = (direction: string, kind: string) =>
    values.get(`troupe_transferred_bytes_total ${direction} ${kind} tcp`);
  t.is(bytes("down", "payload"), progress.downloadedBytes);
  t.is(bytes("up", "payload"), 0);
  t.true((bytes("down", "protocol") ?? 0) > 0);
  const pieces = (3 << 20) / shape.pieceLengthBytes;
  t.is(values.get("troupe_pieces_total verified"), pieces);
  t.is(values.get("troupe_pieces_total written"), pieces);
  t.is(values.get("troupe_pieces_total failed"), 0);
  t.is(values.get("troupe_dials_total opened"), 1);
  t.is(values.get("troupe_handshakes_total admitted"), 1);
  t.is(values.get("troupe_torrents active"), 1);
  t.true((values.get("troupe_hash_seconds") ?? 0) > 0);
  t.true((values.get("troupe_disk_seconds write") ?? 0) > 0);
  await until("the tracker has replied to the start and to the completion", async () => {
    return (await valuesOf(coordinator)).get("troupe_announces_total http replied") === 2;
  });
  await record.torrent.remove();
  const after = await valuesOf(coordinator);
  t.is(after.get("troupe_torrents active"), 0);
  t.is(after.get("troupe_transferred_bytes_total down payload tcp"), progress.downloadedBytes);
});

test("I02: payload and protocol of two engines are the bytes of the stream between them", async (t) => {
  await using swarm = await Swarm.open(shape);
  const alone = { torrent: { useTrackers: false } };
  const seeder = await swarm.seed(alone);
  const target = { host: "127.0.0.1", port: seeder.coordinator.port };
  const relay = swarm.use(await Relay.open({ target, gated: "target" }));
  relay.allow(Infinity);
  const peers = [{ host: relay.host, port: relay.port }];
  const leecher = await swarm.join({ torrent: { ...alone.torrent, peers } });
  await leecher.record.torrent.completed;
  await Promise.all([leecher.record.torrent.stop(), seeder.record.torrent.stop()]);
  t.is(relay.connections, 1);
  for (const [{ coordinator }, down, up] of [
    [leecher, relay.passedBytes, relay.otherBytes],
    [seeder, relay.otherBytes, relay.passedBytes],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop
    const values = await valuesOf(coordinator);
    const sum = (direction: string): number =>
      ["payload", "protocol"].reduce(
        (bytes, kind) =>
          bytes + (values.get(`troupe_transferred_bytes_total ${direction} ${kind} tcp`) ?? 0),
        0,
      );
    t.is(sum("down"), down);
    t.is(sum("up"), up);
  }
});

test("U11, I06: a download tells who gave each piece and when, and its rates second by second", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { host, port } = await swarm.pacedSeeder();
  const begunAt = Date.now();
  const { coordinator, record } = await swarm.join({ torrent: { peers: [{ host, port }] } });
  await record.torrent.completed;
  const origins = await record.torrent.pieceOrigins();
  const pieces = (3 << 20) / shape.pieceLengthBytes;
  t.deepEqual(
    origins.map(({ piece }) => piece).toSorted((one, other) => one - other),
    Array.from({ length: pieces }, (_, piece) => piece),
  );
  for (const { at, contributors, verified } of origins) {
    t.true(verified && at >= begunAt && at <= Date.now() + 1_000);
    t.deepEqual(contributors, [{ host, port }]);
  }
  const { down, up } = await found("a second with the download's rate", async () => {
    const history = await coordinator.rateHistory();
    return history.down.some((rate) => rate > 100_000) ? history : undefined;
  });
  t.is(down.length, up.length);
  t.true(up.every((rate) => rate === 0));
});
