// Our command as a user's shell runs it: a process with two separate outputs and an exit code.

import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { StringDecoder } from "node:string_decoder";
import { isJsonEvent, jsonEvents } from "../../../packages/cli/src/output/json-events.ts";
import { quickDisk } from "../files/quick-disk.ts";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { waiting } from "../time/until.ts";

const program = fileURLToPath(new URL("../../../packages/cli/bin/troupe.mjs", import.meta.url));
/** Nothing may be left in the state folder of the user who runs this, and a busy disk is no hung disk. */
const state = temporaryFolder("command-state", quickDisk());
process.once("exit", () => state[Symbol.dispose]());

/** One line of `--json`. */
export type JsonLine = { readonly event: string; readonly time: number } & Readonly<
  Record<string, unknown>
>;

/** How it ended. */
export interface CommandEnd {
  /** Undefined when a signal ended it. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `troupe`; killed at the end of its scope if it has not ended by itself. */
export class Command implements Disposable {
  readonly ended: Promise<CommandEnd>;
  readonly #child: ChildProcess;
  readonly #listeners = new Set<() => void>();
  readonly #lines: JsonLine[] = [];
  #stdout = "";
  /** The end of stdout that has not been read as lines yet. */
  #unread = "";
  #stderr = "";
  #hasEnded = false;

  /** @param words What the user types after `troupe`. */
  constructor(words: readonly string[], folder?: string) {
    // A parent that is killed cannot tidy up: the kernel does it.
    const dying = process.platform === "linux" ? ["setpriv", "--pdeathsig", "KILL", "--"] : [];
    const [file = "", ...line] = [...dying, process.execPath, program, ...words];
    const child = spawn(file, line, {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, XDG_STATE_HOME: state.path, XDG_CONFIG_HOME: state.path },
    });
    this.#child = child;
    const [out, err] = [new StringDecoder("utf8"), new StringDecoder("utf8")];
    child.stdout.on("data", (chunk: Buffer) =>
      this.#note(() => {
        const text = out.write(chunk);
        this.#stdout += text;
        this.#unread += text;
      }),
    );
    child.stderr.on("data", (chunk: Buffer) =>
      this.#note(() => (this.#stderr += err.write(chunk))),
    );
    this.ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status) => {
        this.#note(() => (this.#hasEnded = true));
        resolve({ status: status ?? undefined, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  /** The whole lines of stdout so far, each an object. @throws SyntaxError for one that is not JSON. */
  get lines(): readonly JsonLine[] {
    // Each line is parsed once: a command that downloads many pieces is looked at after each of its lines.
    const lines = this.#unread.split("\n");
    const rest = lines.pop() ?? "";
    this.#lines.push(...lines.map((line) => described(JSON.parse(line) as JsonLine)));
    this.#unread = rest;
    return this.#lines;
  }

  /** Its output on stderr so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Settles as soon as `holds`; looks again at all that it says. @throws rejects when it ends. */
  async until(what: string, holds: () => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const never = (): void =>
      reject(new Error(`${what} did not come before the end\n${this.#stderr}\n${this.#stdout}`));
    const look = (): void => {
      if (holds()) resolve();
      else if (this.#hasEnded) never();
    };
    this.#listeners.add(look);
    try {
      look();
      await waiting(`the command: ${what}`, () => promise);
    } finally {
      this.#listeners.delete(look);
    }
  }

  /** The first line of this event, when it comes. */
  async event(name: string): Promise<JsonLine> {
    const find = (): JsonLine | undefined => this.lines.find(({ event }) => event === name);
    await this.until(`the event ${name}`, () => find() !== undefined);
    return find() ?? { event: name, time: 0 };
  }

  /** The last line of this event so far. */
  latest(name: string): JsonLine | undefined {
    return this.lines.findLast(({ event }) => event === name);
  }

  /** How many lines of this event have come. */
  count(name: string): number {
    return this.lines.filter(({ event }) => event === name).length;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Goes away as the reader of a pipe does. */
  closeStdout(): void {
    this.#child.stdout?.destroy();
  }

  [Symbol.dispose](): void {
    if (!this.#hasEnded) this.#child.kill("SIGKILL");
  }

  #note(take: () => void): void {
    take();
    for (const listener of this.#listeners) listener();
  }
}

/** Runs the command to its end. */
export async function runCommand(words: readonly string[], folder?: string): Promise<CommandEnd> {
  using command = new Command(words, folder);
  return await command.ended;
}

/** @throws Error for a field that docs/json.md lacks. */
function described(line: JsonLine): JsonLine {
  const { event, time: _time, infoHash: _infoHash, ...fields } = line;
  const known = isJsonEvent(event) ? jsonEvents[event].fields : [];
  const unknown = Object.keys(fields).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`docs/json.md lacks ${unknown.join(", ")} of ${event}`);
  return line;
}
