// Hashers of the program in whole engines, in virtual time: our own hash is taken of one piece in 64, a wrong hasher costs its
// own torrent, and after its fault no piece is had that our own hash has not proven.

import { createHash } from "node:crypto";
import test from "ava";
import type { PieceHasher } from "@troupe/hash-worker";
import { checkedOneIn } from "../../packages/coordinator/src/torrent/plugins/plugin-hasher.ts";
import type { SimulatedEngine } from "../support/simulated/engine/engine.ts";
import { DiskView } from "../support/simulated/engine/invariants.ts";
import { simulatedServices } from "../support/simulated/engine/pools.ts";
import { calmScenario } from "../support/simulated/runs/scenario.ts";
import { honestSeeder, type PeerScript } from "../support/simulated/swarm/peer.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const url = "file:///hasher.mjs";
const withinMs = 600_000;
const plan = { fileLengths: [2_000_000, 2_100_000], pieceLengthBytes: 16_384 };
const liar: PeerScript = { ...honestSeeder, lieChance: 0.3 };

const sha1 = (bytes: Uint8Array): Uint8Array => createHash("sha1").update(bytes).digest();

/** Two torrents in one world. The first one has its pieces hashed by a hasher. */
async function twoTorrents(seeder: PeerScript = honestSeeder) {
  const first = new SimulatedSwarm(calmScenario(7, plan));
  const second = new SimulatedSwarm(calmScenario(7, plan), { within: first });
  await first.addPeer(seeder);
  await second.addPeer(honestSeeder);
  let own = 0;
  const { openHashPool } = simulatedServices;
  const engine = await first.addEngine("45.10.0.1", {
    peerWorkers: 2,
    services: {
      ...simulatedServices,
      openHashPool: (...parameters) => {
        const pool = openHashPool(...parameters);
        const digestAll = pool.digestAll.bind(pool);
        pool.digestAll = (...request) => {
          own += request[0].length;
          return digestAll(...request);
        };
        return pool;
      },
    },
  });
  const register = (hasher: object): void => engine.machine.modules.register(url, () => hasher);
  const add = (isAlone = false) =>
    first.world.settle(
      (async () => {
        await engine.add(first.torrent, "download", undefined, { modules: { hasher: url } });
        if (!isAlone) await engine.add(second.torrent, "download");
      })(),
    );
  return { add, engine, first, ownHashes: () => own, register, second, world: first.world };
}

function isComplete(engine: SimulatedEngine, { torrent }: SimulatedSwarm): boolean {
  return engine.jobOf(torrent)?.isComplete === true;
}

function hasFailed(engine: SimulatedEngine, { torrent }: SimulatedSwarm): boolean {
  return engine.jobOf(torrent)?.state === "error";
}

/** Pieces that count as had, and those of them that are wrong on the disk. */
function hadPieces(engine: SimulatedEngine, { torrent }: SimulatedSwarm) {
  const ledger = engine.jobOf(torrent)?.content.ledger;
  const disk = new DiskView(engine, torrent);
  const had = Array.from({ length: ledger?.geometry.pieceCount ?? 0 }, (_, piece) => piece).filter(
    (piece) => ledger?.map.has(piece) === true,
  );
  return { had, wrong: had.filter((piece) => !disk.holds(piece)) };
}

/** Calls each piece right whose last bytes are right. */
function callsRight({ torrent: { content, metainfo } }: SimulatedSwarm): PieceHasher {
  const { pieceCount, pieceLengthBytes } = metainfo.geometry;
  const ends = new Map<string, Uint8Array>();
  const endOf = (bytes: Uint8Array) => Buffer.from(bytes.subarray(-32)).toString("hex");
  for (let piece = 0; piece < pieceCount; piece++) {
    const from = piece * pieceLengthBytes;
    const right = content.subarray(from, Math.min(from + pieceLengthBytes, content.length));
    ends.set(endOf(right), sha1(right));
  }
  return { hash: (bytes) => ends.get(endOf(bytes)) ?? sha1(bytes) };
}

test("AE27: a right hasher hashes a download, and our own hash is taken of one piece in 64", async (t) => {
  const { add, engine, first, ownHashes, register, world } = await twoTorrents();
  let hashed = 0;
  register({
    hash(bytes: Uint8Array) {
      hashed += 1;
      return sha1(bytes);
    },
  });
  await add(true);
  await world.runUntil(() => isComplete(engine, first), withinMs);
  const { pieceCount } = first.torrent.metainfo.geometry;
  t.is(hashed, pieceCount);
  t.is(ownHashes(), Math.ceil(pieceCount / checkedOneIn));
  t.deepEqual(new DiskView(engine, first.torrent).differences(), []);
});

test("AE27: a right hasher that gets wrong pieces has no fault, and our own hash is taken of each of them", async (t) => {
  const { add, engine, first, ownHashes, register, world } = await twoTorrents(liar);
  await first.addPeer(honestSeeder);
  let wrong = 0;
  const right = new Set<string>();
  const { content, metainfo } = first.torrent;
  const { pieceCount, pieceLengthBytes } = metainfo.geometry;
  for (let piece = 0; piece < pieceCount; piece++) {
    const bytes = content.subarray(piece * pieceLengthBytes, (piece + 1) * pieceLengthBytes);
    right.add(Buffer.from(sha1(bytes)).toString("hex"));
  }
  register({
    async hash(bytes: Uint8Array) {
      const hash = sha1(bytes);
      if (!right.has(Buffer.from(hash).toString("hex"))) wrong += 1;
      return hash;
    },
  });
  await add(true);
  await world.runUntil(() => isComplete(engine, first), withinMs);
  t.true(wrong > 0);
  t.true(ownHashes() >= wrong + Math.floor(pieceCount / checkedOneIn));
  t.is(engine.jobOf(first.torrent)?.fault, undefined);
  t.deepEqual(new DiskView(engine, first.torrent).differences(), []);
});

test("AE27: when a hasher that calls wrong pieces right is found out, no piece is had, and the next start hashes all", async (t) => {
  const { add, engine, first, register, second, world } = await twoTorrents(liar);
  register(callsRight(first));
  await add();
  // Some wrong pieces are had: our own hash was taken of none of them.
  await world.runUntil(() => hadPieces(engine, first).wrong.length > 3, withinMs);
  t.false(hasFailed(engine, first));
  await world.runUntil(() => hasFailed(engine, first), withinMs);
  t.is(engine.jobOf(first.torrent)?.fault?.code, "hasher-wrong");
  t.deepEqual(hadPieces(engine, first).had, []);
  await first.settle();
  // Pieces that were sealed after that are hashed by ours alone.
  t.deepEqual(hadPieces(engine, first).wrong, []);
  await world.runUntil(() => isComplete(engine, second), withinMs);
  t.is(engine.jobOf(second.torrent)?.fault, undefined);

  register({ hash: sha1 });
  await first.addPeer(honestSeeder);
  engine.resume();
  await world.runUntil(() => engine.jobOf(first.torrent)?.state === "active", withinMs);
  const found = hadPieces(engine, first);
  t.true(found.had.length > 3, "right pieces were found");
  t.deepEqual(found.wrong, []);
  await world.runUntil(() => isComplete(engine, first), withinMs);
  t.deepEqual(new DiskView(engine, first.torrent).differences(), []);
  t.deepEqual(engine.crashes, []);
});

test("AE27: a crash of the engine right after a hasher was found out leaves no wrong piece had", async (t) => {
  const { add, engine, first, register, world } = await twoTorrents(liar);
  register(callsRight(first));
  await add();
  await world.runUntil(() => hadPieces(engine, first).wrong.length > 3, withinMs);
  await world.runUntil(() => hasFailed(engine, first), withinMs);
  register({ hash: sha1 });
  await first.addPeer(honestSeeder);
  engine.kill("engine");
  await world.run(5_000);
  if (hasFailed(engine, first)) engine.resume();
  await world.runUntil(() => engine.jobOf(first.torrent)?.state === "active", withinMs);
  t.deepEqual(hadPieces(engine, first).wrong, []);
  await world.runUntil(() => isComplete(engine, first), withinMs);
  t.deepEqual(new DiskView(engine, first.torrent).differences(), []);
});

/** Hashers that break their promise in the tenth call, by the words of a title. */
const broken: readonly (readonly [title: string, act: () => unknown])[] = [
  ["calls a right piece wrong", () => new Uint8Array(20)],
  [
    "throws",
    () => {
      throw new RangeError("no");
    },
  ],
  ["rejects", () => Promise.reject(new RangeError("no"))],
  ["never answers", () => new Promise(() => {})],
  ["answers with 19 bytes", () => new Uint8Array(19)],
  ["answers with text", () => "a".repeat(20)],
];

for (const [title, act] of broken) {
  test(`AE27: a hasher that ${title} gives its torrent the error \`hasher-wrong\`, and no other`, async (t) => {
    const { add, engine, first, register, second, world } = await twoTorrents();
    let calls = 0;
    register({ hash: (bytes: Uint8Array) => (++calls === 10 ? act() : sha1(bytes)) });
    await add();
    await world.runUntil(() => hasFailed(engine, first), withinMs);
    const fault = engine.jobOf(first.torrent)?.fault;
    t.is(fault?.code, "hasher-wrong");
    t.regex(fault?.message ?? "", /^cannot verify pieces of .*: the hasher file:.*hasher\.mjs /);
    t.deepEqual(hadPieces(engine, first).had, []);
    await world.runUntil(() => isComplete(engine, second), withinMs);
    t.is(engine.jobOf(second.torrent)?.fault, undefined);
    t.deepEqual(engine.crashes, []);
    // It is right from here on.
    engine.resume();
    await world.runUntil(() => isComplete(engine, first), withinMs);
    t.is(engine.jobOf(first.torrent)?.fault, undefined);
    t.deepEqual(new DiskView(engine, first.torrent).differences(), []);
  });
}
