// Two torrents of one engine on two devices, one of which can be made to hang: the program of faults/two-disks.program.ts
// with a seeder for each torrent.

import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildNative } from "../../../bench/support/native.ts";
import type { ProgramOrder, ProgramTorrent } from "../../faults/two-disks.program.ts";
import { startProcess, type RunningProcess } from "../programs/process.ts";
import { Swarm } from "./swarm.ts";
import type { PacedSeeder } from "./paced-seeder.ts";

const program = fileURLToPath(new URL("../../faults/two-disks.program.ts", import.meta.url));
const shimSource = new URL("../../faults/faulty-disk.c", import.meta.url);
/** Linux has a file system in memory here: a device of its own. */
const otherDevice = "/dev/shm";

/** The names of the two torrents: A's disk is the one that hangs. */
export type TorrentName = "A" | "B";

/** A line of the program. */
export interface ProgramLine {
  readonly name?: TorrentName;
  readonly event: string;
  readonly code?: string;
  readonly message?: string;
  readonly order?: string;
  readonly haveBytes?: number;
}

/** Options of a scene with two disks. */
export interface TwoDisksOptions {
  /** The calls that hang below A's folder. */
  readonly kind: "hang-write" | "hang-read" | "hang-sync" | "hang-stat" | "hang-realpath";
  /** Payload bytes a second from the seeder of each; without it as fast as it goes. */
  readonly bytesPerSecond?: number;
  readonly lengthBytes: Readonly<Record<TorrentName, number>>;
  /** It hangs when the torrents have been added, before they start. */
  readonly hangsAtStart?: boolean;
}

/** @returns Whether this machine has a second device to try it on. */
export function hasTwoDevices(): boolean {
  try {
    return statSync(tmpdir()).dev !== statSync(otherDevice).dev;
  } catch {
    return false;
  }
}

/** @returns What makes calls below a folder hang in a program, while the file `trigger` is there. */
export async function hangingBelow(
  folder: string,
  { kind, trigger }: Pick<TwoDisksOptions, "kind"> & { readonly trigger: string },
): Promise<Readonly<Record<string, string>>> {
  const shim = await buildNative(shimSource, ["-shared", "-fPIC", "-ldl"]);
  return { LD_PRELOAD: shim, FAULT_ROOT: folder, FAULT_WHEN: trigger, FAULT_KIND: kind };
}

/** A running program, its two torrents, and the switch of A's disk. */
export class TwoDisks implements AsyncDisposable {
  readonly swarms: Readonly<Record<TorrentName, Swarm>>;
  readonly folders: Readonly<Record<TorrentName, string>>;
  /** Their doors are shut at first, unless the torrents have a pace. */
  readonly seeders: Readonly<Record<TorrentName, PacedSeeder>>;
  /** A second folder on B's device. */
  readonly elsewhere: string;
  readonly #trigger: string;
  readonly #stack: AsyncDisposableStack;
  readonly #child: RunningProcess;

  private constructor(
    parts: Pick<TwoDisks, "swarms" | "folders" | "seeders" | "elsewhere">,
    trigger: string,
    child: RunningProcess,
    stack: AsyncDisposableStack,
  ) {
    this.swarms = parts.swarms;
    this.folders = parts.folders;
    this.seeders = parts.seeders;
    this.elsewhere = parts.elsewhere;
    this.#trigger = trigger;
    this.#child = child;
    this.#stack = stack;
  }

  static async open(options: TwoDisksOptions): Promise<TwoDisks> {
    const { kind, bytesPerSecond, lengthBytes, hangsAtStart = false } = options;
    await using stack = new AsyncDisposableStack();
    const folder = (parent: string): string => {
      const path = mkdtempSync(join(parent, "troupe-two-disks-"));
      stack.defer(() => rmSync(path, { recursive: true, force: true }));
      return path;
    };
    const work = folder(tmpdir());
    const swarms = {
      A: stack.use(await Swarm.open({ pieceLengthBytes: 65_536, files: lengthBytes.A })),
      // Another length: another torrent.
      B: stack.use(await Swarm.open({ pieceLengthBytes: 65_536, files: lengthBytes.B + 1 })),
    };
    const folders = { A: folder(tmpdir()), B: folder(otherDevice) };
    const seeder = async (name: TorrentName): Promise<PacedSeeder> =>
      await swarms[name].pacedSeeder(
        bytesPerSecond === undefined ? { isShut: true } : { bytesPerSecond },
      );
    const seeders = { A: await seeder("A"), B: await seeder("B") };
    const torrents: ProgramTorrent[] = [];
    for (const name of ["A", "B"] as const) {
      const torrent = join(work, `${name}.torrent`);
      writeFileSync(torrent, swarms[name].metainfo);
      const { host, port } = seeders[name];
      torrents.push({
        name,
        torrent,
        directory: folders[name],
        peers: [`${host}:${port}`],
        start: !hangsAtStart,
      });
    }
    const trigger = join(work, "hangs");
    const environment = await hangingBelow(folders.A, { kind, trigger });
    const line = [process.execPath, program, JSON.stringify(torrents), folder(otherDevice)];
    const child = await startProcess(line, { environment });
    // Without an end of its own: threads may sit in a call.
    stack.defer(() => child.killSession());
    const elsewhere = folder(otherDevice);
    const disks = new TwoDisks(
      { swarms, folders, seeders, elsewhere },
      trigger,
      child,
      stack.move(),
    );
    await disks.until("the program", () => disks.lines.find(({ event }) => event === "ready"));
    if (!hangsAtStart) return disks;
    disks.hang();
    await Promise.all([
      disks.done({ order: "start", name: "A" }),
      disks.done({ order: "start", name: "B" }),
    ]);
    return disks;
  }

  /** Its output so far. */
  get lines(): ProgramLine[] {
    const { lines } = this.#child;
    return lines
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as ProgramLine);
  }

  /** Its output about one torrent. */
  linesOf(name: TorrentName, ...events: readonly string[]): ProgramLine[] {
    return this.lines.filter((line) => line.name === name && events.includes(line.event));
  }

  hang(): void {
    writeFileSync(this.#trigger, "");
  }

  wake(): void {
    rmSync(this.#trigger);
  }

  /** Has the program do something with a torrent; settles when it says that it has. */
  async done(order: ProgramOrder): Promise<void> {
    const name = order.name as TorrentName;
    const before = this.linesOf(name, "done", "failed").length;
    this.#child.say(JSON.stringify(order));
    const line = await this.until(`${order.order} ${name}`, () =>
      this.linesOf(name, "done", "failed").at(before),
    );
    if (line.event === "failed") throw new Error(JSON.stringify(line));
  }

  /** Settles with what `look` finds. */
  async until<T>(what: string, look: () => T | undefined): Promise<T> {
    return await this.#child.waitFor(what, look);
  }

  /** Opens the doors of both seeders. */
  open(): void {
    for (const seeder of Object.values(this.seeders)) seeder.open();
  }

  async complete(name: TorrentName): Promise<void> {
    await this.until(`${name} to be complete`, () => this.linesOf(name, "complete").at(0));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
