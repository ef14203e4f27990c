// The messages of a peer as text.

import test from "ava";
import { Swarm } from "../support/swarm/swarm.ts";
import { until } from "../support/time/until.ts";

const pieceLengthBytes = 64 * 1_024;
const shape = { pieceLengthBytes, files: 40 * pieceLengthBytes };

test("I01: a trace has the messages of a peer both ways, until it is ended", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { coordinator } = await swarm.seed({ torrent: { useTrackers: false } });
  const peer = { host: "127.0.0.1", port: coordinator.port };
  const { record } = await swarm.join({
    torrent: { useTrackers: false, peers: [peer] },
  });
  const { torrent } = record;
  torrent.pause();
  await until("a peer", async () => (await torrent.peers()).length > 0);
  const trace = await torrent.trace(peer);
  torrent.start();
  const lines: string[] = [];
  for await (const line of trace) {
    lines.push(line);
    if (lines.filter((each) => / < piece /.test(each)).length >= 160) break;
  }
  for (const line of lines) t.regex(line, /^\d{4}-\d\d-\d\dT[\d:.]{12}Z [<>] [a-z]/);
  const named = (text: string): string[] =>
    lines.filter((line) => line.includes(text)).map((line) => line.slice(line.indexOf(text) + 2));
  const requests = named("> request ");
  t.is(new Set(requests).size, 160, "each block is requested once");
  t.deepEqual(
    named("< piece ")
      .map((line) => line.replace("piece", "request"))
      .toSorted(),
    requests.toSorted(),
  );
  await torrent.completed;
  t.deepEqual(await trace.next(), { done: true, value: undefined });
});

test("I01: the seed's side has the same messages, and a trace ends with its connection", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { coordinator, record: seeded } = await swarm.seed({ torrent: { useTrackers: false } });
  const { record, coordinator: other } = await swarm.join({
    torrent: {
      useTrackers: false,
      peers: [{ host: "127.0.0.1", port: coordinator.port }],
    },
  });
  record.torrent.pause();
  const seed = seeded.torrent;
  await until("a peer", async () => (await seed.peers()).length > 0);
  const [peer] = await seed.peers();
  const trace = await seed.trace(peer ?? { host: "", port: 0 });
  record.torrent.start();
  await record.torrent.completed;
  await other.close();
  const lines: string[] = [];
  for await (const line of trace) lines.push(line.slice(25));
  t.is(new Set(lines.filter((line) => line.startsWith("> piece "))).size, 160);
  t.is(lines.filter((line) => line.startsWith("< request ")).length, 160);
  t.regex(lines.at(-1) ?? "", /^closed: /);
});

test("I01: a peer that is not connected cannot be traced", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { record } = await swarm.seed({ torrent: { useTrackers: false } });
  const peer = { host: "192.0.2.1", port: 1 };
  const error = await t.throwsAsync(record.torrent.trace(peer), { code: "peer-not-connected" });
  t.is(error?.message, "cannot trace 192.0.2.1:1: it is no connected peer of payload");
});
