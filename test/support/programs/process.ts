// Starts other programs for tests and benchmarks, and makes sure that none outlives its test.

import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { waiting } from "../time/until.ts";

/** How a program is started. */
export interface StartOptions {
  /** Folder that it runs in; by default the current one. */
  readonly folder?: string;
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The package to install when the program is missing: ends the error's sentence. */
  readonly debianPackage?: string;
}

/** How a program ended: its exit status, or the signal that ended it. */
export interface Exit {
  readonly status: number | undefined;
  readonly signal: string | undefined;
}

/** Lines kept of one program's output; older ones are forgotten. */
const linesKept = 4_000;
/** A longer line is cut. The longest that we read lists 2,000 files. */
const lineLengthLimit = 4 * 1024 * 1024;

const running = new Set<RunningProcess>();

process.on("exit", endAll);
for (const [signal, number] of [
  ["SIGHUP", 1],
  ["SIGINT", 2],
  ["SIGTERM", 15],
] as const) {
  process.once(signal, () => process.exit(128 + number));
}

function endAll(): void {
  for (const child of running) child.killSession();
}

/**
 * Starts a program in a session of its own, so that everything it starts can be ended with it. It also ends with this
 * process, however this process ends.
 *
 * @throws rejects when the program is not installed, naming the Debian package that has it.
 */
export async function startProcess(
  command: readonly string[],
  options: StartOptions = {},
): Promise<RunningProcess> {
  const [program = "", ...rest] = command;
  // A parent that is killed cannot tidy up: the kernel does it.
  const dying = process.platform === "linux" ? ["setpriv", "--pdeathsig", "KILL", "--"] : [];
  const [file = program, ...arguments_] = [...dying, program, ...rest];
  refuseMissing(program, options.debianPackage);
  const child = spawn(file, arguments_, {
    cwd: options.folder,
    env: { ...process.env, ...options.environment },
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  return new RunningProcess(program, child);
}

/** Runs a program to its end. @throws rejects when it exits with anything but 0, with the end of its output. */
export async function runProcess(
  command: readonly string[],
  options: StartOptions = {},
): Promise<readonly string[]> {
  const child = await startProcess(command, options);
  const exit = await child.exited;
  if (exit.status !== 0) {
    throw new Error(
      `${command[0]} ended with ${exit.status ?? exit.signal}, 0 was expected: ${child.tail()}`,
    );
  }
  return child.lines;
}

function refuseMissing(program: string, debianPackage: string | undefined): void {
  if (program.includes("/")) return;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  if (folders.some((folder) => isExecutable(join(folder, program)))) return;
  const remedy = debianPackage === undefined ? "" : `: install the Debian package ${debianPackage}`;
  throw new Error(`${program} is not installed${remedy}`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A program that was started here, its output so far, and the way to end it. */
export class RunningProcess implements AsyncDisposable {
  readonly pid: number;
  /** Standard output and error, line by line as they arrived; at least the last 4,000. */
  readonly lines: string[] = [];
  /** Settles when the program and its output have ended. */
  readonly exited: Promise<Exit>;
  readonly #program: string;
  readonly #child: ChildProcess;
  readonly #listeners = new Set<() => void>();
  #exit: Exit | undefined;
  #linesForgotten = 0;

  constructor(program: string, child: ChildProcess) {
    if (child.pid === undefined) throw new Error(`bug: ${program} was started without a pid`);
    this.#program = program;
    this.#child = child;
    this.pid = child.pid;
    running.add(this);
    for (const stream of [child.stdout, child.stderr]) {
      const splitter = new LineSplitter((line) => this.#takeLine(line));
      stream?.on("data", (bytes: Buffer) => splitter.push(bytes));
      stream?.on("end", () => splitter.end());
    }
    // Writing to a program that has gone is not a reason to fail: its exit is reported anyway.
    child.stdin?.on("error", () => {});
    this.exited = new Promise((resolve) => {
      child.once("close", (status, signal) => {
        const exit = { status: status ?? undefined, signal: signal ?? undefined };
        this.#exit = exit;
        running.delete(this);
        this.#tell();
        resolve(exit);
      });
    });
  }

  get hasExited(): boolean {
    return this.#exit !== undefined;
  }

  /** Writes one line to its standard input. */
  say(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /**
   * The first line, from the start of what is kept, for which `match` returns something.
   *
   * @throws rejects when the program ends without such a line.
   */
  async lineWhere<T>(what: string, match: (line: string) => T | undefined): Promise<T> {
    let checked = this.#linesForgotten;
    const look = (): T | undefined => {
      for (; checked < this.#linesForgotten + this.lines.length; checked++) {
        const found = match(this.lines[checked - this.#linesForgotten] ?? "");
        if (found !== undefined) return found;
      }
      return undefined;
    };
    return await this.waitFor(what, look);
  }

  /** Looks again at every new line until `look` returns something. Rejects like `lineWhere`. */
  async waitFor<T>(what: string, look: () => T | undefined): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const check = (): void => {
      const found = look();
      if (found !== undefined) resolve(found);
      else if (this.#exit !== undefined) reject(this.#never(what, this.#exit));
    };
    this.#listeners.add(check);
    try {
      check();
      return await waiting(`${this.#program} is to show ${what}`, () => promise);
    } finally {
      this.#listeners.delete(check);
    }
  }

  /** The end of its output, for messages. */
  tail(): string {
    return this.lines.slice(-20).join("\n");
  }

  /** Asks it to end, waits up to `graceMs`, then ends it and all of its session. Does nothing when it has ended. */
  async stop(graceMs = 5_000, signal: NodeJS.Signals = "SIGTERM"): Promise<Exit> {
    if (!this.hasExited) this.#child.kill(signal);
    const grace = setTimeout(() => this.killSession(), graceMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(grace);
    }
  }

  /** Ends it and everything in its session at once. */
  killSession(): void {
    if (this.hasExited) return;
    try {
      process.kill(-this.pid, "SIGKILL");
    } catch {
      // It has gone in between.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #takeLine(line: string): void {
    this.lines.push(line);
    this.#tell();
    // Cut seldom and by half: that is cheap, and all waiting callers have read these lines by now.
    if (this.lines.length < 2 * linesKept) return;
    this.lines.splice(0, linesKept);
    this.#linesForgotten += linesKept;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #never(what: string, exit: Exit): Error {
    return new Error(
      `${this.#program} was to show ${what}, but ${endOf(exit)}. Its last lines:\n${this.tail()}`,
    );
  }
}

function endOf({ signal, status }: Exit): string {
  return `it ended ${signal === undefined ? `with status ${status}` : `by ${signal}`}`;
}

/** Cuts bytes into lines at `\n` and at the `\r` with which programs redraw a line. */
class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #take: (line: string) => void;
  #rest = "";

  constructor(take: (line: string) => void) {
    this.#take = take;
  }

  push(bytes: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(bytes)).split(/[\r\n]+/);
    this.#rest = (lines.pop() ?? "").slice(0, lineLengthLimit);
    for (const line of lines) if (line !== "") this.#take(line);
  }

  end(): void {
    if (this.#rest !== "") this.#take(this.#rest);
    this.#rest = "";
  }
}
