// The HTTP thread of a service ends and hangs during a download: the engine keeps its peers, and the thread listens again at
// its port with the whole list.

import { join } from "node:path";
import test from "ava";
import { endActor, hangActor } from "@troupe/coordinator/testing";
import { startService, type ListenPlace } from "@troupe/service";
import { assertSameFiles } from "../support/clients/interop.ts";
import { httpRestarts } from "../support/service/served.ts";
import { GatedSeeders, gatedSeedersOnly } from "../support/swarm/gated-seeders.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { until } from "../support/time/until.ts";

const shape = { pieceLengthBytes: 64 * 1024, files: 8 * 1024 * 1024 };
const pieces = 128;
const seeders = 3;

test("F11: a leecher keeps its peers while its http thread ends three times and hangs", async (t) => {
  await using swarm = await Swarm.open(shape, { host: "threads" });
  const gatedSeeders = await GatedSeeders.open(swarm, seeders);
  gatedSeeders.allow(1 / 4);
  const { coordinator, record, folder } = await swarm.join({ engine: gatedSeedersOnly });
  const stateDirectory = swarm.folder("state").path;
  const places: (readonly ListenPlace[])[] = [];
  await using service = await startService(coordinator, {
    ...{ stateDirectory, listen: ["127.0.0.1:0"], roots: [folder], currentFolder: folder },
    ...{ auth: false, localSocket: join(stateDirectory, "service/socket") },
    listening: (found) => places.push(found),
    warned: () => undefined,
    happened: () => undefined,
  });
  service.restored();
  // An incarnation that ends before it has told its port is followed by one with a port of its own.
  await until("the port is told", () => places.length > 0);
  await record.until("an eighth of the pieces", () => record.pieces.length >= pieces / 8);
  const blows = [endActor, endActor, endActor, hangActor];
  for (const [at, blow] of blows.entries()) {
    blow(coordinator, "http");
    await until(
      `restart ${at + 1}`,
      async () => (await httpRestarts({ coordinator })) === at + 1 && places.length === at + 2,
    );
    gatedSeeders.allow((at + 2) / 8);
  }
  t.deepEqual(new Set(places.map((each) => JSON.stringify(each))).size, 1);
  const [place] = places[0] ?? [];
  const port = place?.kind === "tcp" ? place.port : 0;
  const list = await fetch(`http://127.0.0.1:${port}/api/v1/torrents?fields=torrent`);
  t.is(((await list.json()) as { torrents: unknown[] }).torrents.length, 1);
  t.false(record.torrent.isComplete);
  gatedSeeders.allow(1);
  await record.torrent.completed;
  await assertSameFiles(t, swarm.payload, folder);
  t.deepEqual([gatedSeeders.connections, record.failedPieces, record.errors], [seeders, 0, []]);
  t.deepEqual(
    ["engine", "peer-0", "file-0"].map((name) => record.restartsOf(name)),
    [0, 0, 0],
  );
});
