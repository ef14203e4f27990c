// Stores that break their promise, around the store that is tried: each gives its own torrent an error, and the torrent in
// the folder beside it is downloaded. With the whole store the torrent goes on.

import test from "ava";
import type { Torrent } from "@troupe/coordinator";
import { until } from "../support/programs/until.ts";
import { writeModule } from "../support/programs/modules.ts";
import { exampleStore, freshShape, userModule } from "../support/programs/tried-stores.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const tried = userModule ?? exampleStore("memory-store");

/** A module around the tried store, whose parts `code` replaces. */
const around = (code: string): string => `
  import make from ${JSON.stringify(tried)};
  const never = new Promise(() => {});
  export default async (facts) => {
    const store = await make(facts);
    const read = (...call) => store.read(...call);
    const write = (...call) => store.write(...call);
    const close = () => store.close?.();
    ${code}
  };`;

const soon = (code: string): string =>
  around(`setTimeout(() => { ${code} }, 200); return { read, write, close };`);

/** Modules by the words of a title, and the code of their torrent. */
const faults: readonly (readonly [title: string, code: string, text: string])[] = [
  ["has a wrong syntax", "store-not-loaded", "export default {{{"],
  ["has no default export", "store-not-loaded", "export const store = 1;"],
  ["throws when it is made", "store-not-loaded", around("throw new RangeError('no');")],
  ["has no method `read`", "store-not-loaded", around("return { write, close };")],
  ["has no method `write`", "store-read-only", around("return { read, close };")],
  ["throws in a read", "store-failed", around("return { read() { throw 1; }, write, close };")],
  [
    "rejects a write",
    "store-failed",
    around("return { read, write: async () => { throw 1; }, close };"),
  ],
  [
    "answers a write with nothing",
    "store-wrong-answer",
    around("return { read, async write(...call) { await write(...call); }, close };"),
  ],
  [
    "reads more than was asked for",
    "store-wrong-answer",
    around("return { async read(...call) { return 1 + (await read(...call)); }, write, close };"),
  ],
  [
    "writes a part of the bytes",
    "store-short-write",
    around("return { read, write: (at, bytes) => write(at, bytes.slice(1)), close };"),
  ],
  [
    "reads a part of what was written",
    "store-short-read",
    around("return { async read(...call) { return (await read(...call)) - 1; }, write, close };"),
  ],
  [
    "gives a wrong byte back",
    "store-wrong-bytes",
    around(`return {
      async read(at, bytes) { const count = await read(at, bytes); bytes[0] ^= 1; return count; },
      write,
      close,
    };`),
  ],
  [
    "never answers a write",
    "store-not-answering",
    around("return { read, write: () => never, close };"),
  ],
  [
    "never returns from a write",
    "store-not-answering",
    around("return { read, write() { for (;;); }, close };"),
  ],
  ["throws in a timer", "store-crashed", soon("throw 1;")],
  ["has a promise that rejects", "store-crashed", soon("Promise.reject(1);")],
  ["ends its thread in a timer", "store-crashed", soon("process.exit();")],
];

/** The code of the error of a torrent. */
const errorOf = (torrent: Torrent) =>
  new Promise<string>((resolve) => {
    torrent.once("error", ({ code }) => resolve(code));
  });

for (const [title, code, text] of faults) {
  test.serial(
    `E12: a store that ${title} gives its torrent the error \`${code}\` alone`,
    async (t) => {
      t.timeout(180_000);
      await using bad = await Swarm.open(freshShape(24));
      await using good = await Swarm.open(freshShape(25));
      await using coordinator = await startEngine({
        directory: bad.folder("data").path,
        port: 0,
        bind: ["127.0.0.1"],
        peerWorkers: 1,
      });
      const seeds = [await bad.pacedSeeder(), await good.pacedSeeder()];
      const [badPeers, goodPeers] = seeds.map(({ host, port }) => [{ host, port }]);
      const store = writeModule(bad.folder("modules").path, "bad.mjs", text);
      const options = { useTrackers: false, start: false, modules: { store } };
      const torrent = await coordinator.add(bad.metainfo, { ...options, peers: badPeers ?? [] });
      const failed = errorOf(torrent);
      const pieces: number[] = [];
      torrent.on("piece", ({ index, verified }) => void (verified && pieces.push(index)));
      torrent.start();
      const healthy = await coordinator.add(good.metainfo, {
        useTrackers: false,
        peers: goodPeers ?? [],
        directory: good.folder("data").path,
      });
      await healthy.completed;
      t.is(await failed, code);
      // Only a store that fails between two calls has had pieces.
      if (code !== "store-crashed") t.deepEqual(pieces, []);
      t.is(healthy.fault, undefined);
      // The thread of a module that never returns stays in its call; the engine ends it.
      if (title.startsWith("never returns")) return;
      torrent.setModules({ store: tried });
      torrent.start();
      // A store that failed late had all pieces before: `completed` may be settled.
      const isWhole = (): boolean => torrent.fault === undefined && torrent.isComplete;
      await t.notThrowsAsync(until("the torrent is complete", async () => isWhole()));
    },
  );
}
