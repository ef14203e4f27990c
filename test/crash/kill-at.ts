// Runs a program that ends with SIGKILL at one of its disk calls: kill-at.c.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildNative } from "../../bench/support/native.ts";
import { startProcess, type RunningProcess } from "../support/programs/process.ts";

/** A program that is ended. */
export interface KilledProgram {
  /** Script and words of a Node program. */
  readonly words: readonly string[];
  /** Disk calls below these count. */
  readonly roots: readonly string[];
  /** 0: it is never ended. */
  readonly atCall: number;
  /** The count rests until the program writes zeros to the file, whose path is its last word. Default false. */
  readonly countRests?: boolean;
  /** Further variables of kill-at.c. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** How it ended. */
export interface ProgramEnd {
  /** Disk calls that were counted. */
  readonly calls: number;
  readonly wasKilled: boolean;
  readonly program: Pick<RunningProcess, "lines" | "tail">;
}

/** Ends programs at their disk calls. Its files are in a folder that its caller removes. */
export class KillAt {
  readonly #folder: string;
  readonly #shim: string;

  private constructor(folder: string, shim: string) {
    this.#folder = folder;
    this.#shim = shim;
  }

  static async build(folder: string): Promise<KillAt> {
    const options = ["-shared", "-fPIC", "-ldl"];
    return new KillAt(folder, await buildNative(new URL("kill-at.c", import.meta.url), options));
  }

  /** A new empty folder for each run. */
  freshFolder(): string {
    const root = join(this.#folder, "run");
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
    return root;
  }

  /** @param started Called as soon as the program runs. */
  async run(
    { words, roots, atCall, countRests = false, environment }: KilledProgram,
    started?: (program: RunningProcess) => void,
  ): Promise<ProgramEnd> {
    const count = join(this.#folder, "count");
    writeFileSync(count, Buffer.alloc(16, countRests ? 1 : 0).fill(0, 0, 8));
    const all = [...words, ...(countRests ? [count] : [])];
    await using program = await startProcess([process.execPath, ...all], {
      environment: {
        LD_PRELOAD: this.#shim,
        // Hundreds of runs load the same modules. The runner of the tests has a cache of its own.
        NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? join(this.#folder, "compiled"),
        KILL_ROOT: roots.join(":"),
        KILL_COUNT: count,
        KILL_AT: String(atCall),
        ...environment,
      },
    });
    started?.(program);
    const { signal } = await program.exited;
    const calls = Number(readFileSync(count).readBigUInt64LE());
    return { calls, wasKilled: signal !== undefined, program };
  }
}
