// A swarm of our own engines in the test's process: a payload, its tracker, seeders and leechers.

import { linkSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Coordinator, AddOptions, CoordinatorOptions } from "@troupe/coordinator";
import { announceUrl } from "@troupe/protocol/tracker";
import type { InfoHash } from "@troupe/protocol/units";
import { startTracker, type Tracker } from "@troupe/tracker";
import { EventRecord } from "./event-record.ts";
import { PacedSeeder, type PacedSeederOptions } from "./paced-seeder.ts";
import { writePayloadInTurns, type Payload, type PayloadPlan } from "../files/payload.ts";
import { temporaryFolder, type TemporaryFolder } from "../files/temporary-folder.ts";
import { infoHashOf, torrentBytes } from "../files/torrent-file.ts";
import { startEngine } from "./start-engine.ts";

/** One engine with the torrent, and what it has said. */
export interface Member {
  readonly coordinator: Coordinator;
  readonly record: EventRecord;
  /** Where its data lies or goes. */
  readonly folder: string;
}

/** How an engine joins. Ports are any free one, on loopback alone. */
export interface Joining {
  readonly engine?: CoordinatorOptions;
  readonly torrent?: AddOptions;
  /** Where its data lies or goes; a fresh folder without it. */
  readonly folder?: string;
}

/** Everything that one test starts; goes with it. */
export class Swarm implements AsyncDisposable {
  readonly payload: Payload;
  readonly tracker: Tracker;
  readonly infoHash: string;
  readonly #engines: CoordinatorOptions;
  readonly #stack: AsyncDisposableStack;
  #content: Uint8Array | undefined;
  /** A seeder uses the folder that the payload was written to. */
  #isPayloadTaken = false;

  private constructor(
    payload: Payload,
    infoHash: string,
    tracker: Tracker,
    engines: CoordinatorOptions,
    stack: AsyncDisposableStack,
  ) {
    this.payload = payload;
    this.tracker = tracker;
    this.#engines = engines;
    this.infoHash = infoHash;
    this.#stack = stack;
  }

  /**
   * Writes the payload and starts the tracker.
   *
   * @param engines Options of all engines of the swarm: `{ host: "threads" }`.
   */
  static async open(
    shape: Pick<PayloadPlan, "pieceLengthBytes" | "files">,
    engines: CoordinatorOptions = {},
  ): Promise<Swarm> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(temporaryFolder("swarm-payload"));
    const payload = await writePayloadInTurns({ ...shape, folder: folder.path, name: "payload" });
    const tracker = await startTracker({ host: "127.0.0.1" });
    stack.defer(async () => await tracker.close());
    return new Swarm(payload, infoHashOf(payload), tracker, engines, stack.move());
  }

  /** The .torrent, naming the tracker. */
  get metainfo(): Uint8Array {
    return torrentBytes(this.payload, [this.tracker.url]);
  }

  /** The whole payload, its files end to end. */
  get content(): Uint8Array {
    const { folder, paths } = this.payload;
    return (this.#content ??= joined(paths.map((path) => readFileSync(join(folder, path)))));
  }

  /** Makes something go with the swarm: last in, first out. */
  use<Value extends Disposable | AsyncDisposable>(value: Value): Value {
    return this.#stack.use(value);
  }

  /** A fresh folder. @param below The folder that holds it; else that of the system. */
  folder(label: string, below?: string): TemporaryFolder {
    return this.use(temporaryFolder(`swarm-${label}`, below));
  }

  /** A folder in which the payload is whole. Another one each time: a torrent runs once in a folder. */
  wholeFolder(): string {
    if (!this.#isPayloadTaken) {
      this.#isPayloadTaken = true;
      return this.payload.folder;
    }
    const folder = this.folder("whole").path;
    for (const path of this.payload.paths) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      linkSync(join(this.payload.folder, path), join(folder, path));
    }
    return folder;
  }

  /** Starts an engine that shares the payload; settles when it has checked it and listens to peers. */
  async seed(joining: Joining = {}): Promise<Member> {
    const torrent = { seedOnly: true, ...joining.torrent };
    const folder = joining.folder ?? this.wholeFolder();
    const member = await this.join({ ...joining, folder, torrent });
    await member.record.torrent.completed;
    return member;
  }

  /** Starts a peer that gives the payload, all of it and as fast as it goes unless something else is said. */
  async pacedSeeder(more: Partial<PacedSeederOptions> = {}): Promise<PacedSeeder> {
    const { infoHash, content: payload } = this;
    const { pieceLengthBytes } = this.payload;
    return this.use(await PacedSeeder.open({ infoHash, payload, pieceLengthBytes, ...more }));
  }

  /** Starts an engine that wants the payload. */
  async join({ engine, torrent, folder }: Joining = {}): Promise<Member> {
    const directory = folder ?? this.folder("leecher").path;
    const coordinator = this.use(
      await startEngine({
        port: 0,
        bind: ["127.0.0.1"],
        hashThreads: 2,
        ...this.#engines,
        ...engine,
      }),
    );
    const record = new EventRecord(
      coordinator,
      await coordinator.add(this.metainfo, { directory, ...torrent, start: false }),
    );
    if (torrent?.start !== false) record.torrent.start();
    return { coordinator, record, folder: directory };
  }

  /** Tells the tracker of a seeder at a local port, as that seeder would itself. */
  async announce(port: number): Promise<void> {
    const reply = await fetch(
      announceUrl(this.tracker.url, {
        infoHash: this.infoHash as InfoHash,
        peerId: new TextEncoder().encode(`-XX0000-${String(port).padStart(12, "0")}`),
        port,
        key: "00000000",
        uploaded: 0,
        downloaded: 0,
        left: 0,
        numWant: 0,
        event: "started",
      }),
    );
    await reply.arrayBuffer();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** A single file is not copied. */
function joined(files: readonly Uint8Array[]): Uint8Array {
  const [first] = files;
  return first !== undefined && files.length === 1 ? first : Buffer.concat(files);
}
