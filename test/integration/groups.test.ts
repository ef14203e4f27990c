// Groups and labels of torrents, and goals of all torrents, in whole engines.

import test from "ava";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 64 * 1024;
const shape = { pieceLengthBytes, files: 8 * pieceLengthBytes };
const local = { port: 0, bind: ["127.0.0.1"] };

test("L09: a torrent that is added into a group lies in its folder, and has its group and labels after a restart", async (t) => {
  await using swarm = await Swarm.open(shape);
  const [plain, films, books] = [
    swarm.folder("plain").path,
    swarm.folder("films").path,
    swarm.folder("books").path,
  ];
  const stateDirectory = swarm.folder("state").path;
  const engine = { ...local, stateDirectory, directory: plain };
  const groups = { films: { directory: films, maxPeers: 30 } };
  const first = swarm.use(await startEngine({ ...engine, groups }));
  const labels = ["new", "käse & wein"];
  const added = { group: "films", labels, useTrackers: false };
  const torrent = await first.add(swarm.metainfo, added);
  t.deepEqual([torrent.directory, torrent.group, torrent.labels], [films, "films", labels]);
  t.like(await torrent.status(), { group: "films", labels });

  first.set({ groups: { ...first.groups, books: { directory: books } } });
  t.deepEqual(first.groups, { ...groups, books: { directory: books } });
  torrent.set({ group: "books" });
  t.is((await torrent.status()).group, "books");
  t.is(torrent.directory, films, "it stays where it is");
  await first.close();

  const next = swarm.use(await startEngine(engine));
  const [restored] = (await next.restore()).torrents;
  t.deepEqual(
    [restored?.directory, restored?.group, restored?.labels],
    [films, "books", labels],
    "a group without settings",
  );
  restored?.set({ group: null, labels: null });
  const status = await restored?.status();
  t.deepEqual([status?.group, status?.labels], [undefined, []]);
  await restored?.remove();
  const again = await next.add(swarm.metainfo, { ...added, directory: books });
  t.is(again.directory, books, "a folder that is named comes first");
});

test("L09: goals that the coordinator and a group get meanwhile end the seeding of their torrents", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { coordinator, record } = await swarm.seed({ torrent: { useTrackers: false } });
  const { torrent } = record;
  coordinator.set({ goals: { idleSeconds: 1, action: "pause" } });
  await record.until("the pause", () => torrent.state === "paused");
  t.deepEqual(torrent.goals, {}, "the goals are not its own");
  torrent.set({ group: "films" });
  coordinator.set({ groups: { films: { goals: { idleSeconds: 1_000_000, action: "remove" } } } });
  torrent.start();
  await record.until("seeding", () => torrent.state === "active");
  coordinator.set({ groups: { films: { goals: { action: "remove" } } } });
  await record.until("the removal", () => coordinator.torrents.length === 0);
});

test("wrong settings of groups are refused, and change nothing", async (t) => {
  await using coordinator = await startEngine({ ...local, groups: { films: { maxPeers: 3 } } });
  const wrong: readonly unknown[] = [
    { films: { maxPeers: 0 } },
    { films: { maxPeer: 3 } },
    { films: { limits: { down: 5 } } },
    { "": {} },
    { films: 7 },
    [],
  ];
  for (const groups of wrong)
    t.throws(() => coordinator.set({ groups } as object), { message: /option/ });
  t.deepEqual(coordinator.groups, { films: { maxPeers: 3 } });
});
