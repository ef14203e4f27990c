// One damage to one state, and what two starts after it make of that.

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { SeededRandom } from "@troupe/actor-runtime/simulated";
import { Coordinator, Torrent } from "@troupe/coordinator";
import { damage, damageKinds, type Damage } from "./damages.ts";
import { falseHaves, local, type KeptJob, type KeptState } from "./saved-jobs.ts";
import { renewChangeTime } from "./renewed-records.ts";
import { touch } from "./touches.ts";

const pageBytes = 4096;
/** First bytes of a page of the database that is a leaf of the table of records. */
const tableLeaf = 13;
/** A share of the runs in which the data was touched as well. */
const touchShare = 0.3;

/** How one job came up. */
interface Start {
  readonly infoHash: string;
  /** Wire order. */
  had: Uint8Array;
  /** Pieces that were hashed. */
  looked: number;
  /** Codes and sentences of warnings and errors. */
  readonly said: string[];
}

/** How all jobs of a state came up; those that were refused with why. */
interface Loaded {
  readonly starts: readonly Start[];
  readonly refused: ReadonlyMap<string, Error>;
}

/** The outcome of one damage. */
export interface DamageOutcome {
  /** `state.db cut: 2 believed, 1 hashed`. */
  readonly summary: string;
  /** Sentences about everything that should not be. */
  readonly violations: readonly string[];
}

/** A state and what an undamaged start makes of it. */
export class DamageBench {
  readonly #state: KeptState;
  readonly #place: string;
  readonly #spare: string;
  /** Two undamaged starts, one after the other. */
  readonly #usual: readonly [Loaded, Loaded];

  private constructor(
    state: KeptState,
    place: string,
    spare: string,
    usual: readonly [Loaded, Loaded],
  ) {
    this.#state = state;
    this.#place = place;
    this.#spare = spare;
    this.#usual = usual;
  }

  /** @param workshop Folder for copies. */
  static async open(state: KeptState, workshop: string): Promise<DamageBench> {
    const spare = join(workshop, "spare");
    mkdirSync(spare, { recursive: true });
    const place =
      state.jobFolder === undefined ? join(workshop, "hit") : join(state.jobFolder, ".troupe");
    putBack(state, place);
    const usual = [await load(state, place), await load(state, place)] as const;
    return new DamageBench(state, place, spare, usual);
  }

  get name(): string {
    return this.#state.name;
  }

  /** Sentences about an undamaged start that should not be. */
  get violations(): readonly string[] {
    const { jobs } = this.#state;
    const short = jobs.filter(({ infoHash }) => startOf(this.#usual[1], infoHash) === undefined);
    return [
      ...short.map(({ infoHash }) => `${infoHash} is not there`),
      ...this.#usual.flatMap((usual) => this.#falseHaves(usual)),
    ];
  }

  /** Hits a copy of the state at the place that the seed picks. */
  async run(seed: number): Promise<DamageOutcome> {
    const random = new SeededRandom(`damage ${seed}`);
    putBack(this.#state, this.#place);
    const name = pickFile(this.#place, random);
    const path = join(this.#place, name);
    const before = readFileSync(path);
    const hit = damage(path, damageKinds[random.integer(damageKinds.length)] ?? "bit", random);
    const undo = random.next() < touchShare ? this.#touch(random) : undefined;
    const violations: string[] = [];
    const fates: string[] = [];
    try {
      const first = await load(this.#state, this.#place);
      violations.push(...this.#falseHaves(first));
      const mayLose = this.#mayLose(name, before, hit);
      for (const job of this.#state.jobs) {
        const { fate, violation } = this.#fateOf(job, first, undo !== undefined);
        fates.push(fate);
        if (violation !== undefined) violations.push(`${job.infoHash}: ${violation}`);
        if (fate !== "believed" && undo === undefined && !mayLose.has(job.infoHash)) {
          violations.push(`${job.infoHash} was taken as well: ${fate}`);
        }
      }
      const second = await load(this.#state, this.#place);
      violations.push(...this.#falseHaves(second), ...this.#notMended(first, second));
    } catch (error) {
      violations.push(`it ended with ${error instanceof Error ? error.stack : String(error)}`);
    } finally {
      undo?.();
    }
    const counted = Object.entries(Object.groupBy(fates.toSorted(), (fate) => fate)).map(
      ([fate, jobs]) => `${jobs?.length} ${fate}`,
    );
    const touched = undo === undefined ? "" : ", data touched";
    const where = `seed ${seed}, ${this.name}, ${name} (${JSON.stringify(hit)}${touched})`;
    return {
      summary: `${this.name}, ${kindOf(name)}${touched}: ${counted.join(", ")}`,
      violations: violations.map((violation) => `${where}: ${violation}`),
    };
  }

  #fateOf(
    { infoHash }: KeptJob,
    loaded: Loaded,
    isTouched: boolean,
  ): { readonly fate: string; readonly violation?: string } {
    const error = loaded.refused.get(infoHash);
    const [start, usual] = [startOf(loaded, infoHash), startOf(this.#usual[0], infoHash)];
    if (start === undefined) {
      if (error === undefined) return { fate: "gone", violation: "it is gone without a word" };
      const { code } = error as { readonly code?: unknown };
      const isTyped = typeof code === "string" && /^([a-z]+-)+[a-z]+$/.test(code);
      const violation = isTyped ? {} : { violation: `untyped error ${error.stack}` };
      return { fate: `refused ${String(code)}`, ...violation };
    }
    if (usual === undefined || isTouched) return { fate: "looked at" };
    const isWhole = Buffer.from(start.had).equals(usual.had);
    if (!isWhole) return { fate: "short", violation: "pieces that are there were not found" };
    // After a run that was cut off more or fewer are hashed: chance picks the samples.
    const mayLook = usual.looked > (startOf(this.#usual[1], infoHash)?.looked ?? 0);
    const isAsUsual = mayLook || start.looked <= usual.looked;
    if (isAsUsual && start.said.length === 0) return { fate: "believed" };
    const isSaid = start.said.some((words) => words.startsWith("record-unusable: "));
    return isSaid
      ? { fate: "hashed and said so" }
      : { fate: "hashed", violation: `${start.looked} pieces hashed without a word` };
  }

  /** A torrent that was started once is on record again: one damage causes one hash check and one report. */
  #notMended(first: Loaded, second: Loaded): string[] {
    return first.starts.flatMap(({ infoHash }) => {
      const [start, usual] = [startOf(second, infoHash), startOf(this.#usual[1], infoHash)];
      if (start === undefined) return [`${infoHash} is gone at the second start`];
      const isMended = start.looked <= (usual?.looked ?? 0) && start.said.length === 0;
      const words = `${start.looked} pieces hashed: ${start.said.join("; ")}`;
      return isMended ? [] : [`${infoHash} is not mended at the second start: ${words}`];
    });
  }

  #falseHaves({ starts }: Loaded): string[] {
    return this.#state.jobs.flatMap((job) => {
      const start = starts.find(({ infoHash }) => infoHash === job.infoHash);
      const wrong = start === undefined ? [] : falseHaves(job, start.had);
      return wrong.map((piece) => `false have of piece ${piece} of ${job.infoHash}`);
    });
  }

  #touch(random: SeededRandom): () => void {
    const { jobs, name } = this.#state;
    const job = jobs[random.integer(jobs.length)];
    const paths = (job?.payload.paths ?? [])
      .map((path) => join(job?.directory ?? "", path))
      .filter((path) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0);
    const path = paths[random.integer(paths.length)] ?? "";
    const undo = touch(path, this.#spare, name.startsWith("killed"), random);
    return () => {
      undo();
      renewChangeTime(this.#state, path, this.#spare);
    };
  }

  /** Jobs that this damage may cost more than nothing, by where it lies. */
  #mayLose(name: string, before: Buffer, hit: Damage): ReadonlySet<string> {
    const all = this.#state.jobs.map(({ infoHash }) => infoHash);
    const named = all.filter((infoHash) => name.includes(infoHash));
    if (name.endsWith(".job")) return new Set();
    if (named.length > 0) return new Set(named);
    // A log that is cut short leaves the older generation of what it holds, in the database.
    if (name.endsWith("-wal")) return new Set(all.filter((infoHash) => before.includes(infoHash)));
    if (name.endsWith("-shm")) return new Set();
    if (name !== "state.db") return new Set(all);
    const pages: Buffer[] = [];
    const first = Math.floor(hit.from / pageBytes) * pageBytes;
    for (let at = first; at < hit.to; at += pageBytes)
      pages.push(before.subarray(at, at + pageBytes));
    if (pages.some((page) => page[0] !== tableLeaf)) return new Set(all);
    return new Set(all.filter((infoHash) => pages.some((page) => page.includes(infoHash))));
  }
}

function putBack({ folder }: KeptState, place: string): void {
  rmSync(place, { recursive: true, force: true });
  cpSync(folder, place, { recursive: true });
}

/** Every other time a part of the database: it is where the most can go wrong. */
function pickFile(place: string, random: SeededRandom): string {
  const names = readdirSync(place, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(place, name)).isFile())
    .toSorted();
  const database = names.filter((name) => /^state\.db(-wal)?$/.test(name));
  const from = database.length > 0 && random.next() < 0.5 ? database : names;
  return from[random.integer(from.length)] ?? "";
}

function kindOf(name: string): string {
  return name.replace(/^torrents\/.*(?=\.)/, "*");
}

function startOf({ starts }: Loaded, infoHash: string): Start | undefined {
  return starts.find((start) => start.infoHash === infoHash);
}

async function load({ jobFolder, jobs }: KeptState, place: string): Promise<Loaded> {
  if (jobFolder === undefined) {
    await using coordinator = await Coordinator.start({ ...local, stateDirectory: place });
    const { torrents, failed } = await coordinator.restore();
    const refused = new Map(failed.map(({ infoHash, error }) => [infoHash, error]));
    return { starts: await Promise.all(torrents.map(watch)), refused };
  }
  try {
    const options = { ...local, start: false, useTrackers: false };
    await using torrent = await Torrent.load(jobFolder, options);
    return { starts: [await watch(torrent)], refused: new Map() };
  } catch (error) {
    return { starts: [], refused: new Map([[jobs[0]?.infoHash ?? "", error as Error]]) };
  }
}

/** Starts it, if it does not run, and sees what its first check gives. */
async function watch(torrent: Torrent): Promise<Start> {
  const { promise: failed, resolve } = Promise.withResolvers<void>();
  const start: Start = { infoHash: torrent.infoHash, had: new Uint8Array(), looked: 0, said: [] };
  torrent.on("warning", ({ code, message }) => start.said.push(`${code}: ${message}`));
  torrent.on("checking", ({ total }) => (start.looked = Math.max(start.looked, total)));
  torrent.on("error", ({ code, message }) => {
    start.said.push(`${code}: ${message}`);
    resolve();
  });
  torrent.start();
  await Promise.race([torrent.checked, failed]);
  start.had = torrent.bitfield;
  return start;
}
