// A user who changes his mind about files while he pauses, stops and checks, actors die and the disk fails: at every
// moment what is had lies where it is read.

import { SeededRandom, type DiskCall } from "@troupe/actor-runtime/simulated";
import { entryStart } from "../../../../packages/file-worker/src/files/part-file.ts";
import type { Storage } from "../../../../packages/file-worker/src/storage.ts";
import { stopAndLook } from "./download.ts";
import { downloadFolder, type SimulatedEngine } from "../engine/engine.ts";
import { DiskView, unharmed } from "../engine/invariants.ts";
import { honestSeeder } from "../swarm/peer.ts";
import { calmScenario, engineHost, type Scenario } from "./scenario.ts";
import { SimulatedSwarm } from "../swarm/swarm.ts";
import type { SimulatedTorrent } from "../swarm/torrent.ts";

const codes = [undefined, undefined, "ENOSPC", "EIO", "EACCES", "EMFILE"] as const;
const faulty: ReadonlySet<DiskCall["operation"]> = new Set([
  ...(["open", "read", "write", "truncate", "makeFolder"] as const),
  ...(["sync", "syncLater", "remove", "commit"] as const),
]);
/** More would be taken for an engine that cannot live. */
const mostEngineKills = 3;
const patienceMs = 3_600_000;
/** All pieces are looked at again then. */
const eventsPerLook = 10;

/** @returns Sentences about everything that should not be. @throws when a piece is had that is not there. */
export async function runWishes(seed: number): Promise<readonly string[]> {
  const random = new SeededRandom(`wishes ${seed}`);
  const scenario = wishScenario(seed, random);
  const swarm = new SimulatedSwarm(scenario);
  const { world, torrent } = swarm;
  const engine = await swarm.addEngine(engineHost, scenario);
  for (const script of scenario.peers) await swarm.addPeer(script);
  await world.settle(engine.add(torrent));
  const watched = async (untilMs: number): Promise<void> => {
    let events = 0;
    const isOver = (): boolean => {
      if (events++ % eventsPerLook === 0) proveHad(engine, torrent);
      return world.scheduler.nowMs >= untilMs;
    };
    await world.runUntil(isOver, patienceMs);
  };
  const acts = actsOf(engine, torrent, random);
  for (let step = 10 + random.integer(40); step > 0; step--) {
    // In a turn of its own, as a message would come.
    world.scheduler.after(0, () => engine.jobs.length > 0 && pick(random, acts)());
    await watched(world.scheduler.nowMs + pick(random, [0.01, 1, 5, 30, 200, 1_000, 5_000]));
  }
  engine.machine.disk.fault = undefined;
  // The window in which engines and workers may be restarted so often is over then.
  await world.run(70_000);
  engine.wish(torrent.files.map(() => 1));
  world.scheduler.after(0, () => engine.resume());
  const isWhole = (): boolean => {
    const job = engine.jobOf(torrent);
    return job?.content.ledger.isSeed === true && job.state === "active";
  };
  await world.runUntil(isWhole, patienceMs);
  await swarm.settle();
  return [...(await stopAndLook(swarm, engine)), ...new DiskView(engine, torrent).differences()];
}

/** Small files, so that many pieces are shared; slow enough that wishes come in between. */
function wishScenario(seed: number, random: SeededRandom): Scenario {
  const lengths = [0, 1, 3_000, 20_000, 65_536, 100_000, 400_001];
  const files = Array.from({ length: 3 + random.integer(10) }, () => pick(random, lengths));
  return calmScenario(seed, {
    peerWorkers: 1 + random.integer(2),
    memoryBytes: pick(random, [1 << 20, 2 << 20]),
    pieceLengthBytes: pick(random, [16_384, 32_768, 65_536]),
    fileLengths: [...files, 150_000],
    messageDelayMs: pick(random, [0, 1, 10]),
    conditions: { bytesPerSecond: pick(random, [200_000, 1_000_000]), latencyMs: 5 },
    peers: [
      { ...honestSeeder, leastServeMs: pick(random, [0.1, 10, 40]) },
      { ...honestSeeder, wants: true, hasShare: 0.3 },
    ],
  });
}

/** Possible acts of the user; one that is listed twice is twice as likely. */
function actsOf(
  engine: SimulatedEngine,
  torrent: SimulatedTorrent,
  random: SeededRandom,
): readonly (() => void)[] {
  const wished = torrent.files.map(() => 1);
  let engineKills = 0;
  const wish = (): void => {
    for (let count = 1 + random.integer(3); count > 0; count--) {
      wished[random.integer(wished.length)] = random.integer(2);
    }
    engine.wish([...wished]);
  };
  const resume = (): void => engine.resume();
  const killFile = (): void => engine.kill("file-0");
  const fail = (): void => {
    const code = pick(random, codes);
    engine.machine.disk.fault = ({ operation }) =>
      faulty.has(operation) && random.next() < 0.1 ? code : undefined;
  };
  const stop = (): void => void engine.stopTorrents().catch(() => undefined);
  const killEngine = (): void => {
    engineKills += 1;
    if (engineKills <= mostEngineKills) engine.kill("engine");
  };
  const others = [() => engine.pause(), stop, killEngine];
  const kills = ["hash", "peer-0"].map((name) => () => engine.kill(name));
  const check = (): void => engine.check();
  return [wish, wish, wish, wish, resume, resume, resume, killFile, killFile, check, fail].concat(
    others,
    kills,
  );
}

/** @throws when a byte of a piece that is had is not where the file-worker would read it. */
function proveHad(engine: SimulatedEngine, torrent: SimulatedTorrent): void {
  const job = engine.jobOf(torrent);
  const storage = job === undefined ? undefined : engine.files?.storages.get(job.id);
  if (job?.isRunning !== true || storage === undefined) return;
  // Nothing is read before it has been settled.
  if (storage.partFile?.mustSettle === true) return;
  const { pieceCount } = torrent.metainfo.geometry;
  for (let piece = 0; piece < pieceCount; piece++) {
    if (!job.content.ledger.map.has(piece)) continue;
    for (const span of storage.map.spansOf(piece)) {
      const { file, fileOffset, lengthBytes } = span;
      const right = torrent.files[file]?.bytes.subarray(fileOffset, fileOffset + lengthBytes);
      const begin = storage.map.pieceSpans(span)[0]?.begin ?? 0;
      const seen = bytesAt(
        engine,
        placeOf(storage, torrent, { piece, file, fileOffset, begin }),
        lengthBytes,
      );
      if (right !== undefined && Buffer.compare(seen, right) === 0) continue;
      throw new Error(`piece ${piece} is had, and file ${file} has other bytes of it`);
    }
  }
}

interface Place {
  readonly path: string;
  readonly at: number;
}

function placeOf(
  { partFile, ...storage }: Storage,
  { files, metainfo }: SimulatedTorrent,
  { piece, file, fileOffset, begin }: Record<"piece" | "file" | "fileOffset" | "begin", number>,
): Place {
  if (partFile?.parted.has(file) !== true) return { path: files[file]?.path ?? "", at: fileOffset };
  const slot = partFile.entries.get(piece)?.index ?? -1;
  return {
    path: `.${metainfo.infoHash}.parts`,
    at: entryStart({ partFile, ...storage }, slot) + begin,
  };
}

function bytesAt(
  { machine }: SimulatedEngine,
  { path, at }: Place,
  lengthBytes: number,
): Uint8Array {
  return unharmed(machine.disk, (disk) => {
    const whole = `${downloadFolder}/${path}`;
    if (at < 0 || disk.stat(whole) === undefined) return new Uint8Array();
    const bytes = new Uint8Array(lengthBytes);
    const handle = disk.open(whole, "read");
    const got = disk.read(handle, [bytes], at);
    disk.close(handle);
    return bytes.subarray(0, got);
  });
}

function pick<Item>(random: SeededRandom, list: readonly Item[]): Item {
  return list[random.integer(list.length)] as Item;
}
