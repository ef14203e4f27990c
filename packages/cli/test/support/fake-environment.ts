// Streams that remember, a clock that the test moves, and a stop that the test asks for.

import { Writable } from "node:stream";
import type { EnginePort } from "../../src/engine-port.ts";
import { isJsonEvent, jsonEvents, type JsonEvent } from "../../src/output/json-events.ts";
import type { ProgramEnd } from "@troupe/service/programs";
import type { Output, Environment } from "../../src/environment.ts";
import type { ServicePort, ServiceTarget } from "../../src/service-client/service-port.ts";
import type { TextFile } from "../../src/text-file.ts";

/** Every field of a line stands in docs/json.md. */
function assertDescribed(line: Record<string, unknown>): Record<string, unknown> {
  const { event, time: _time, infoHash: _infoHash, ...fields } = line;
  const described = isJsonEvent(String(event)) ? jsonEvents[event as JsonEvent].fields : [];
  const unknown = Object.keys(fields).filter((name) => !described.includes(name));
  if (unknown.length > 0) throw new Error(`docs/json.md lacks ${unknown.join()} of ${event}`);
  return line;
}

/** An output that remembers what was written; `hold` makes its reader slow. */
export class FakeOutput extends Writable implements Output {
  text = "";
  isTTY = false;
  columns = 80;
  rows = 24;
  #held: (() => void)[] | undefined;

  hasColors(): boolean {
    return false;
  }

  /** From now on nothing is taken until `release`. */
  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const take of held) take();
  }

  /** Lines show at once: tests read them within the turn. */
  override cork(): void {}

  override uncork(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const take = (): void => {
      this.text += chunk.toString();
      done();
    };
    if (this.#held === undefined) take();
    else this.#held.push(take);
  }

  /** The JSON objects written so far, one a line. */
  get events(): Record<string, unknown>[] {
    return this.text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .map(assertDescribed);
  }
}

/** Surroundings for one run. */
export class FakeEnvironment implements Environment {
  readonly stdout = new FakeOutput();
  readonly stderr = new FakeOutput();
  /** The bytes on stdin. */
  stdin = "";
  variables: Record<string, string> = { LANG: "C.UTF-8", HOME: "/home/me" };
  readonly platform = "linux";
  readonly currentFolder: string;
  readonly engine: EnginePort;
  readonly #stop = new AbortController();
  readonly #hurry = new AbortController();
  readonly #tasks = new Set<{ readonly periodMs: number; readonly task: () => void }>();
  readonly #atExit = new Set<() => void>();
  #nowMs = 0;

  constructor(engine: EnginePort, currentFolder = "/here") {
    this.engine = engine;
    this.currentFolder = currentFolder;
  }

  /** Texts of files by their absolute paths. */
  readonly textFiles = new Map<string, string>();

  readTextFile = async (path: string): Promise<TextFile> => {
    const text = this.textFiles.get(path);
    return text === undefined ? { refused: "ENOENT", isMissing: true } : { text };
  };

  /** The service that commands reach; undefined: none is expected. */
  service: ServicePort | undefined;
  /** Targets of services that were opened. */
  readonly targets: ServiceTarget[] = [];

  async openService(target: ServiceTarget): Promise<ServicePort> {
    this.targets.push(target);
    if (this.service === undefined) throw new Error("no service is expected");
    return this.service;
  }

  /** Lines that a person types, in order; undefined: there is no person. */
  typed: string[] | undefined;
  /** Questions that were asked; secret ones end with `(secret)`. */
  readonly questions: string[] = [];

  hasPerson(): boolean {
    return this.typed !== undefined;
  }

  async ask(question: string, isSecret = false): Promise<string | undefined> {
    this.questions.push(isSecret ? `${question}(secret)` : question);
    return this.typed?.shift();
  }

  async readStdin(maxBytes: number): Promise<Uint8Array | undefined> {
    const bytes = Buffer.from(this.stdin, "latin1");
    return bytes.length > maxBytes ? undefined : bytes;
  }

  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Listeners of SIGHUP. */
  readonly hangups = new Set<() => void>();

  onHangup(listener: () => void): Disposable {
    this.hangups.add(listener);
    return { [Symbol.dispose]: () => void this.hangups.delete(listener) };
  }

  get hurry(): AbortSignal {
    return this.#hurry.signal;
  }

  /** Stands for the first signal. */
  askToStop(): void {
    this.#stop.abort();
  }

  /** Stands for the second signal. */
  askToHurry(): void {
    this.#hurry.abort();
  }

  /** Moves the clock, running what is due. */
  pass(ms: number): void {
    for (const end = this.#nowMs + ms; this.#nowMs < end; this.#nowMs++) {
      for (const { periodMs, task } of this.#tasks) {
        if ((this.#nowMs + 1) % periodMs === 0) task();
      }
    }
  }

  /** Tasks that still keep time: none, once a run has ended. */
  get timers(): number {
    return this.#tasks.size;
  }

  /** Runs the tasks of the end of the process. */
  exit(): void {
    for (const task of this.#atExit) task();
  }

  atExit(task: () => void): Disposable {
    this.#atExit.add(task);
    return { [Symbol.dispose]: () => void this.#atExit.delete(task) };
  }

  beforeSuspension(): Disposable {
    return { [Symbol.dispose]: () => undefined };
  }

  /** Programs that were run, with their words; each ends at once, unless there is no such program. */
  readonly programs: string[][] = [];

  /** The variables of each program. */
  readonly programVariables: Readonly<Record<string, string | undefined>>[] = [];
  /** The end of each program. "never": the program runs on. */
  programEnd: ProgramEnd | "never" = { exitCode: 0, signal: null };

  async runProgram(
    program: string,
    words: readonly string[],
    { variables = this.variables }: Parameters<Environment["runProgram"]>[2],
  ): Promise<ProgramEnd> {
    if (program === "missing") throw Object.assign(new Error("spawn"), { code: "ENOENT" });
    this.programs.push([program, ...words]);
    this.programVariables.push(variables);
    return this.programEnd === "never" ? await new Promise(() => undefined) : this.programEnd;
  }

  epochMs(): number {
    return 1_000_000 + this.#nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  every(periodMs: number, task: () => void): Disposable {
    const row = { periodMs, task };
    this.#tasks.add(row);
    return { [Symbol.dispose]: () => void this.#tasks.delete(row) };
  }
}

/** Lets everything that waits on settled promises run. */
export async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
