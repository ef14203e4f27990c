// Stores of the program in whole engines, in virtual time: a broken one costs its own torrent, and no piece is had that the
// store does not give back.

import test from "ava";
import type { AddTorrent } from "@troupe/messages";
import type {
  StoreModule,
  TorrentStore,
} from "../../packages/file-worker/src/store/store-module.ts";
import { downloadFolder, type SimulatedEngine } from "../support/simulated/engine/engine.ts";
import { calmScenario } from "../support/simulated/runs/scenario.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const url = "file:///store.mjs";
const withinMs = 300_000;
const engineHost = "45.10.0.1";
const plan = { fileLengths: [700_000, 800_000], pieceLengthBytes: 16_384 };

/** Two torrents in one world, each with a seeder. The first one has its bytes in a store. */
async function twoTorrents() {
  const first = new SimulatedSwarm(calmScenario(7, plan));
  const second = new SimulatedSwarm(calmScenario(7, plan), { within: first });
  for (const swarm of [first, second]) await swarm.addPeer(honestSeeder);
  const engine = await first.addEngine(engineHost, { peerWorkers: 2 });
  const add = (mode: AddTorrent["mode"] = "download") =>
    first.world.settle(
      (async () => {
        await engine.add(first.torrent, mode, undefined, { modules: { store: url } });
        await engine.add(second.torrent, "download");
      })(),
    );
  return { add, engine, first, second, world: first.world };
}

/** A module that keeps its bytes in an array, and gives its torrent the store that `make` makes of it. */
function memoryModule(make: (memory: TorrentStore & { readonly write: object }) => object) {
  const kept: { bytes: Uint8Array; starts: number } = { bytes: new Uint8Array(), starts: 0 };
  const module: StoreModule = ({ totalBytes }) => {
    kept.starts += 1;
    if (kept.bytes.length === 0) kept.bytes = new Uint8Array(totalBytes);
    const memory = {
      read(position: number, bytes: Uint8Array) {
        bytes.set(kept.bytes.subarray(position, position + bytes.length));
        return bytes.length;
      },
      write(position: number, bytes: Uint8Array) {
        kept.bytes.set(bytes, position);
        return bytes.length;
      },
    };
    return make(memory) as TorrentStore;
  };
  return { kept, module };
}

function contentOf({ torrent }: SimulatedSwarm): Uint8Array {
  return Buffer.concat(torrent.files.map(({ bytes }) => bytes));
}

function isComplete(engine: SimulatedEngine, { torrent }: SimulatedSwarm): boolean {
  return engine.jobOf(torrent)?.isComplete === true;
}

function hadCount(engine: SimulatedEngine, { torrent }: SimulatedSwarm): number {
  return engine.jobOf(torrent)?.content.ledger.hadCount ?? 0;
}

/** Pieces that count as had, and whose bytes the store does not have. */
function falseHaves(engine: SimulatedEngine, swarm: SimulatedSwarm, bytes: Uint8Array): number[] {
  const content = contentOf(swarm);
  const ledger = engine.jobOf(swarm.torrent)?.content.ledger;
  const { pieceLengthBytes } = plan;
  return Array.from({ length: ledger?.geometry.pieceCount ?? 0 }, (_, piece) => piece).filter(
    (piece) => {
      const [from, to] = [piece * pieceLengthBytes, (piece + 1) * pieceLengthBytes];
      const isRight = Buffer.compare(content.subarray(from, to), bytes.subarray(from, to)) === 0;
      return ledger?.map.has(piece) === true && !isRight;
    },
  );
}

test("E12: a store in memory is downloaded into, also after a crash of the engine", async (t) => {
  const { add, engine, first, second, world } = await twoTorrents();
  const { kept, module } = memoryModule((memory) => memory);
  engine.machine.modules.register(url, module);
  await add();
  await world.runUntil(() => hadCount(engine, first) > 20, withinMs);
  t.not(engine.jobOf(first.torrent)?.disk, engine.jobOf(second.torrent)?.disk);
  engine.kill("engine");
  await world.runUntil(() => isComplete(engine, first) && isComplete(engine, second), withinMs);
  t.is(kept.starts, 2);
  t.is(Buffer.compare(kept.bytes, contentOf(first)), 0);
  for (const { path } of first.torrent.files)
    t.is(engine.machine.disk.stat(`${downloadFolder}/${path}`), undefined);
});

test("E12: after a crash of its thread a store has no piece before a start has hashed it", async (t) => {
  const { add, engine, first, second, world } = await twoTorrents();
  const { kept, module } = memoryModule((memory) => memory);
  engine.machine.modules.register(url, module);
  await add();
  await world.runUntil(() => hadCount(engine, first) > 20, withinMs);
  kept.bytes = new Uint8Array();
  engine.kill(engine.jobOf(first.torrent)?.disk.name ?? "");
  await world.runUntil(() => engine.jobOf(first.torrent)?.state === "error", withinMs);
  t.is(engine.jobOf(first.torrent)?.fault?.code, "store-crashed");
  t.is(engine.jobOf(second.torrent)?.fault, undefined);
  engine.resume();
  await world.runUntil(() => engine.jobOf(first.torrent)?.state === "active", withinMs);
  t.is(hadCount(engine, first), 0);
  await world.runUntil(() => hadCount(engine, first) > 20, withinMs);
  t.deepEqual(falseHaves(engine, first, kept.bytes), []);
  await world.runUntil(() => isComplete(engine, first) && isComplete(engine, second), withinMs);
  t.is(Buffer.compare(kept.bytes, contentOf(first)), 0);
});

test("E12: a start hashes all that is in a store, and takes no wrong piece for right", async (t) => {
  const { add, engine, first, world } = await twoTorrents();
  const { kept, module } = memoryModule((memory) => memory);
  kept.bytes = Uint8Array.from(contentOf(first));
  kept.bytes.fill(1, 100_000, 100_100);
  engine.machine.modules.register(url, module);
  await add("check-only");
  await world.runUntil(() => engine.jobOf(first.torrent)?.state === "stopped", withinMs);
  const ledger = engine.jobOf(first.torrent)?.content.ledger;
  t.is(ledger?.hadCount, (ledger?.geometry.pieceCount ?? 0) - 1);
  t.false(ledger?.map.has(6));
});

const fail = (): never => {
  throw new RangeError("no");
};
const never = () => new Promise<never>(() => {});

/** Stores that break their promise, and the code that their torrent gets. */
const broken: readonly (readonly [
  title: string,
  code: string,
  make: (memory: TorrentStore & { readonly write: object }) => object,
])[] = [
  ["throws when it is made", "store-not-loaded", fail],
  ["has no method `read`", "store-not-loaded", ({ write }) => ({ write })],
  ["has no method `write`", "store-read-only", ({ read }) => ({ read })],
  ["throws in a read", "store-failed", (memory) => ({ ...memory, read: fail })],
  ["rejects a write", "store-failed", (memory) => ({ ...memory, write: async () => fail() })],
  ["answers a read with text", "store-wrong-answer", (memory) => ({ ...memory, read: () => "4" })],
  [
    "reads more than was asked for",
    "store-wrong-answer",
    (memory) => ({ ...memory, read: (_: number, bytes: Uint8Array) => bytes.length + 1 }),
  ],
  ["answers a write with nothing", "store-wrong-answer", (memory) => ({ ...memory, write() {} })],
  [
    "writes a part of the bytes",
    "store-short-write",
    (memory) => ({ ...memory, write: (_: number, bytes: Uint8Array) => bytes.length - 1 }),
  ],
  ["loses what was written", "store-short-read", (memory) => ({ ...memory, read: () => 0 })],
  [
    "says that bytes were written which it drops",
    "store-wrong-bytes",
    (memory) => ({ ...memory, write: (_: number, bytes: Uint8Array) => bytes.length }),
  ],
  ["never answers a write", "store-not-answering", (memory) => ({ ...memory, write: never })],
  ["never answers a read", "store-not-answering", (memory) => ({ ...memory, read: never })],
  ["is never made", "store-not-loaded", never],
];

for (const [title, code, make] of broken) {
  test(`E12: a store that ${title} gives its torrent the error \`${code}\`, and no other`, async (t) => {
    const { add, engine, first, second, world } = await twoTorrents();
    const { kept, module } = memoryModule(make);
    engine.machine.modules.register(url, module);
    await add();
    await world.runUntil(() => isComplete(engine, second), withinMs);
    await world.runUntil(() => engine.jobOf(first.torrent)?.state === "error", withinMs);
    t.is(engine.jobOf(first.torrent)?.fault?.code, code);
    t.regex(
      engine.jobOf(first.torrent)?.fault?.message ?? "",
      /^cannot .*store file:.*store\.mjs /,
    );
    t.deepEqual(falseHaves(engine, first, kept.bytes), []);
    t.is(engine.jobOf(second.torrent)?.fault, undefined);
    t.deepEqual(engine.crashes, []);

    // The module is mended: a start goes on.
    engine.machine.modules.register(url, memoryModule((memory) => memory).module);
    engine.resume();
    await world.runUntil(() => isComplete(engine, first), withinMs);
    t.is(engine.jobOf(first.torrent)?.fault, undefined);
  });
}

test("E12: a store that loses a piece later gives its torrent an error when the piece is asked for", async (t) => {
  const { add, engine, first, second, world } = await twoTorrents();
  let isLost = false;
  const { kept, module } = memoryModule((memory) => ({
    ...memory,
    read: (position: number, bytes: Uint8Array) => (isLost ? 0 : memory.read(position, bytes)),
  }));
  kept.bytes = Uint8Array.from(contentOf(first));
  engine.machine.modules.register(url, module);
  await add("seed-only");
  await world.runUntil(() => isComplete(engine, first) && isComplete(engine, second), withinMs);
  isLost = true;
  const leecher = await first.addEngine("45.40.0.1");
  const address = { host: engineHost, port: 6889 };
  const changes = { peers: [address] };
  await world.settle(leecher.add(first.torrent, "download", undefined, changes));
  await world.runUntil(() => engine.jobOf(first.torrent)?.state === "error", withinMs);
  t.is(engine.jobOf(first.torrent)?.fault?.code, "store-short-read");
  t.is(engine.jobOf(second.torrent)?.fault, undefined);
});
