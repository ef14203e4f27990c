// Stores that break their promise, around the store that is tried: each gives its own torrent an error, and the torrent in
// the folder beside it is downloaded. With the whole store the torrent goes on. The gate has the stores whose fault takes a
// thread, in one engine; test/simulation/stores.test.ts has the others in virtual time, and the long lanes have all.

import test, { type ExecutionContext } from "ava";
import type { Coordinator, Torrent } from "@troupe/coordinator";
import { isLong } from "../support/lanes.ts";
import { brokenStores, wholeStore, type BrokenStore } from "../support/programs/broken-stores.ts";
import { until } from "../support/time/until.ts";
import { writeModule } from "../support/programs/modules.ts";
import { freshShape } from "../support/programs/tried-stores.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieces = isLong ? 24 : 6;

/** The code of the error of a torrent. */
const errorOf = (torrent: Torrent) =>
  new Promise<string>((resolve) => {
    torrent.once("error", ({ code }) => resolve(code));
  });

/** Adds a torrent with a broken store to an engine. @returns Its checks, which run once the torrent beside it is complete. */
async function addBroken(
  t: ExecutionContext,
  coordinator: Coordinator,
  swarm: Swarm,
  [title, code, text]: BrokenStore,
): Promise<() => Promise<void>> {
  const { host, port } = await swarm.pacedSeeder();
  const store = writeModule(swarm.folder("modules").path, "bad.mjs", text);
  const torrent = await coordinator.add(swarm.metainfo, {
    useTrackers: false,
    start: false,
    modules: { store },
    peers: [{ host, port }],
    directory: swarm.folder("data").path,
  });
  const failed = errorOf(torrent);
  const verifiedPieces: number[] = [];
  torrent.on("piece", ({ index, verified }) => void (verified && verifiedPieces.push(index)));
  torrent.start();
  return async () => {
    t.is(await failed, code, title);
    // Only a store that fails between two calls has had pieces.
    if (code !== "store-crashed") t.deepEqual(verifiedPieces, [], title);
    // The thread of a module that never returns stays in its call; the engine ends it.
    if (title.startsWith("never returns")) return;
    torrent.setModules({ store: wholeStore });
    torrent.start();
    // A store that failed late had all pieces before: `completed` may be settled.
    const isWhole = (): boolean => torrent.fault === undefined && torrent.isComplete;
    await t.notThrowsAsync(until(`the torrent is complete: ${title}`, async () => isWhole()));
  };
}

/** Torrents with broken stores, and one in the folder beside them, in one engine. */
async function failAlone(t: ExecutionContext, stores: readonly BrokenStore[]): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const good = stack.use(await Swarm.open(freshShape(pieces + 1)));
  const bad = await Promise.all(stores.map(async () => await Swarm.open(freshShape(pieces))));
  for (const swarm of bad) stack.use(swarm);
  const coordinator = stack.use(
    await startEngine({ host: "threads", port: 0, bind: ["127.0.0.1"], peerWorkers: 1 }),
  );
  const { host, port } = await good.pacedSeeder();
  const checks = await Promise.all(
    bad.map(async (swarm, place) => {
      const store = stores[place];
      if (store === undefined) throw new Error("each swarm has its store");
      return await addBroken(t, coordinator, swarm, store);
    }),
  );
  const healthy = await coordinator.add(good.metainfo, {
    useTrackers: false,
    peers: [{ host, port }],
    directory: good.folder("data").path,
  });
  await healthy.completed;
  // oxlint-disable-next-line no-await-in-loop
  for (const check of checks) await check();
  t.is(healthy.fault, undefined);
}

/** By a word of their titles; an engine has four stores, and the whole one is the fourth. */
const groups = [
  /rejects a write|never returns|throws in a timer/,
  /wrong syntax|promise|ends its thread/,
];

if (isLong) {
  for (const store of brokenStores) {
    const [title, code] = store;
    test.serial(
      `E12: a store that ${title} gives its torrent the error \`${code}\` alone`,
      async (t) => await failAlone(t, [store]),
    );
  }
} else {
  for (const words of groups) {
    const chosen = brokenStores.filter(([title]) => words.test(title));
    test.serial(
      `E12: stores in one engine give their torrents their own errors: ${chosen.map(([title]) => title).join(", ")}`,
      async (t) => await failAlone(t, chosen),
    );
  }
}
