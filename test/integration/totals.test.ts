import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Command } from "../support/programs/command.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { until } from "../support/time/until.ts";
import type { PacedSeeder } from "../support/swarm/paced-seeder.ts";

const shape = { pieceLengthBytes: 32 * 1024, files: 3 << 20 };

test("I06: the totals of a library and two commands on a state folder are the sums of theirs", async (t) => {
  await using swarms = new AsyncDisposableStack();
  const [own, ...others] = await Promise.all(
    Array.from({ length: 3 }, async () => swarms.use(await Swarm.open(shape))),
  );
  if (own === undefined) throw new Error("no swarm");
  const state = own.folder("state").path;
  const seeders: PacedSeeder[] = [];
  const addressOfSeeder = async (swarm: Swarm) => {
    const seeder = await swarm.pacedSeeder({ isShut: true });
    seeders.push(seeder);
    return { host: seeder.host, port: seeder.port };
  };
  const commands = await Promise.all(
    others.map(async (swarm) => {
      const { host, port } = await addressOfSeeder(swarm);
      const torrent = join(swarm.folder("torrent").path, "job.torrent");
      writeFileSync(torrent, swarm.metainfo);
      const words = [torrent, "--dir", swarm.folder("command").path, "--state-dir", state];
      const alone = ["--no-trackers", "--no-dht", "--no-lsd", "--no-port-mapping", "--json"];
      return new Command([...words, "--peer", `${host}:${port}`, "--port", "0", ...alone]);
    }),
  );
  const { coordinator, record } = await own.join({
    engine: { stateDirectory: state },
    torrent: { peers: [await addressOfSeeder(own)] },
  });
  await until("all three run", () => seeders.every(({ connections }) => connections > 0));
  for (const seeder of seeders) seeder.open();
  await record.torrent.completed;
  const { session } = await coordinator.totals();
  t.true(session.downloadedBytes >= 3 << 20);
  t.is(session.downloadedBytes, record.torrent.progress.downloadedBytes);
  await coordinator.close();
  let due = session.downloadedBytes;
  for (const command of commands) {
    const { status, stderr } = await command.ended;
    t.is(status, 0, stderr);
    due += Number(command.latest("progress")?.["downloadedBytes"]);
  }

  await using later = await startEngine({ stateDirectory: state });
  const { session: none, overall } = await later.totals();
  t.is(overall?.downloadedBytes, due);
  t.is(overall?.sessions, 3);
  t.like(none, { downloadedBytes: 0, sessions: 0 });
});

test("I06: without a state folder a coordinator has the totals of its session alone", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { host, port } = await swarm.pacedSeeder();
  const { coordinator, record } = await swarm.join({ torrent: { peers: [{ host, port }] } });
  await record.torrent.completed;
  await record.torrent.remove();
  const totals = await coordinator.totals();
  t.deepEqual(Object.keys(totals), ["session"]);
  t.true(totals.session.downloadedBytes >= 3 << 20, "those of removed torrents count");
});
