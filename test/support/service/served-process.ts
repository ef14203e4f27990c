// `troupe serve` as a process of its own.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "../programs/command.ts";
import { freePort } from "../programs/free-port.ts";
import { startProcess, type RunningProcess } from "../programs/process.ts";
import { savePassword } from "./saved-password.ts";

const command = fileURLToPath(new URL("../../../packages/cli/bin/troupe.mjs", import.meta.url));
/** No discovery, and a free port for peers. */
const alone = ["--port", "0", "--no-dht", "--no-lsd", "--no-port-mapping"];

/** How a service is started. */
interface ProcessOptions {
  readonly folder: string;
  readonly arguments?: readonly string[];
  /** Default a free one. */
  readonly port?: number;
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A running service with the state folder `state` and the data folder `data` in its folder. */
export class ServedProcess implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #process: RunningProcess;

  private constructor(port: number, folder: string, process: RunningProcess) {
    this.port = port;
    this.#folder = folder;
    this.#process = process;
  }

  /** Settles when it listens. */
  static async start({
    folder,
    arguments: more = [],
    environment = {},
    port: given,
  }: ProcessOptions): Promise<ServedProcess> {
    const port = given ?? (await freePort());
    const state = join(folder, "state");
    savePassword(state);
    const places = ["--dir", join(folder, "data"), "--state-dir", state];
    const words = ["serve", ...places, "--listen", `127.0.0.1:${port}`, ...alone, ...more];
    const service = await startProcess([process.execPath, command, ...words], { environment });
    await service.lineWhere("a place", (line) => line.includes("remotes connect to") || undefined);
    return new ServedProcess(port, folder, service);
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** The first password, until the first login. */
  get password(): string {
    return readFileSync(join(this.#folder, "state/service/first-password"), "utf8").trim();
  }

  /** Runs a call of the command at the socket of the state folder. @returns Its output. */
  async call(...words: readonly string[]): Promise<string> {
    const end = await runCommand([...words, "--state-dir", join(this.#folder, "state")]);
    if (end.status === 0) return end.stdout;
    throw new Error(`troupe ${words[0]} ended with ${end.status}: ${end.stderr}`);
  }

  /** Reads the settings file again, as `systemctl reload` does. */
  hangUp(): void {
    process.kill(this.#process.pid, "SIGHUP");
  }

  /** Ends the process as a lack of power does. */
  async kill(): Promise<void> {
    await this.#process.stop(10_000, "SIGKILL");
  }

  /** The log so far. */
  get log(): readonly string[] {
    return this.#process.lines;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop(10_000, "SIGINT");
  }
}
