// One run of a client, with its cost.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../test/support/programs/free-port.ts";
import { MeasuredProgram, type Cost } from "../support/measure.ts";
import { readUse, type Use } from "../support/process-use.ts";
import { startOf, type ClientName, type Job } from "./clients.ts";
import type { Place } from "./row.ts";

/** A task takes minutes where something is wrong. */
const longestRunMs = 240_000;
/** Moments are noted as they happen; this is how soon they are acted on. */
const pollMs = 20;

/** The parts of a job that a row chooses. */
export type Task = Pick<
  Job,
  "role" | "torrents" | "dataFolder" | "connections" | "isOverUtp" | "options"
> & {
  /** Instead of the place's folder of compiled code. */
  readonly compiledFolder?: string;
};

/** A task that was done. */
export interface DoneRun {
  readonly cost: Cost;
  /** From the start of the process until it ends or announces that it lacks nothing, whichever is first. */
  readonly doneSeconds: number;
}

/** A client that runs. */
export class ClientRun implements AsyncDisposable {
  readonly port: number;
  readonly #program: MeasuredProgram;
  readonly #place: Place;
  readonly #endsItself: boolean;
  readonly #folder: string;
  #endedSeconds: number | undefined;

  private constructor(program: MeasuredProgram, place: Place, job: Job, endsItself: boolean) {
    this.#program = program;
    this.#place = place;
    this.#endsItself = endsItself;
    this.#folder = job.folder;
    this.port = job.port;
    void program.process.exited.then(() => (this.#endedSeconds = monotonicSeconds()));
  }

  /** Starts a client with fresh settings and state. Reset the place's tracker first. */
  static async start(name: ClientName, place: Place, task: Task): Promise<ClientRun> {
    const folder = join(place.folder, "client");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const [port, controlPort] = [await freePort(), await freePort()];
    const { compiledFolder, commandBefore } = place;
    const before = commandBefore === undefined ? {} : { commandBefore };
    const job: Job = { compiledFolder, ...before, ...task, folder, port, controlPort };
    const { command, environment, files, endsItself } = startOf(name, job);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const program = await MeasuredProgram.start(command, { environment, folder });
    return new ClientRun(program, place, job, endsItself);
  }

  /** Waits until the task is done and the process has ended. @throws rejects when it failed, or took too long. */
  async done(): Promise<DoneRun> {
    const { process } = this.#program;
    await this.#until("the end of its task", () => this.#doneSeconds() !== undefined);
    const doneSeconds = this.#doneSeconds() ?? 0;
    if (this.#endsItself) await this.#until("its own end", () => process.hasExited);
    if (process.hasExited) {
      const { status, signal } = await process.exited;
      if (status !== 0) throw new Error(`it ended with ${status ?? signal}: ${process.tail()}`);
    }
    const cost = await this.#program.end();
    return { cost, doneSeconds: doneSeconds - cost.startedSeconds };
  }

  /** Waits until a seeder has announced each of its torrents as complete, and uses no more processor time. */
  async ready(torrents = 1): Promise<void> {
    const { tracker } = this.#place;
    await this.#until("a complete torrent", () => tracker.completeTorrents() >= torrents);
    for (let before = this.use(), waits = 0; waits < 20; waits++) {
      // oxlint-disable-next-line no-await-in-loop
      await delay(200);
      const now = this.use();
      if (now.cpuSeconds - before.cpuSeconds < 0.015) return;
      before = now;
    }
  }

  /** Its use so far. */
  use(): Use {
    return readUse(this.#program.programPid());
  }

  /** Ends it. @returns The cost of its whole life. */
  async end(): Promise<Cost> {
    return await this.#program.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #doneSeconds(): number | undefined {
    return this.#place.tracker.completedSeconds() ?? this.#endedSeconds;
  }

  async #until(what: string, holds: () => boolean): Promise<void> {
    const { process } = this.#program;
    const limitMs = performance.now() + longestRunMs;
    while (!holds()) {
      if (process.hasExited || performance.now() > limitMs) {
        const why = process.hasExited ? "it ended" : `${longestRunMs / 1_000} s are over`;
        throw new Error(`waited for ${what}, but ${why}: ${process.tail()}`);
      }
      // oxlint-disable-next-line no-await-in-loop
      await delay(pollMs);
    }
  }
}

function monotonicSeconds(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}
