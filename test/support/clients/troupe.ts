// Our own command, as a user runs it: a process of its own, its JSON lines read back.

import { fileURLToPath } from "node:url";
import { startProcess, type Exit, type RunningProcess } from "../programs/process.ts";
import { temporaryFolder, type TemporaryFolder } from "../files/temporary-folder.ts";

const command = fileURLToPath(new URL("../../../packages/cli/bin/troupe.mjs", import.meta.url));
/** No discovery but by the options of a test, and a free port. */
const alone = ["--port", "0", "--json"];

/** One line of its output: an event by name, and what belongs to it. */
export type TroupeEvent = { readonly event: string } & Readonly<Record<string, unknown>>;

/** Which torrent, where its data lies or goes, and further arguments. */
export interface TroupeOptions {
  /** Path of a .torrent, or a magnet link. */
  readonly torrent: string;
  readonly folder: string;
  /** Words before the command: those of the machine it runs on. */
  readonly within?: readonly string[];
  /** Asks the gateway of its machine to map its port. Default false. */
  readonly mapsPort?: boolean;
  readonly arguments?: readonly string[];
  /** Finds peers on the local network. Default false. */
  readonly usesLocalDiscovery?: boolean;
  /** `HOST:PORT` of nodes that its DHT node asks first. Default: no DHT. */
  readonly dhtNodes?: readonly string[];
  /** Its state folder, which stays. Default: a folder of its own. */
  readonly state?: string;
}

/** A running `troupe`, with a state directory of its own. */
export class Troupe implements AsyncDisposable {
  readonly #process: RunningProcess;
  readonly #state: TemporaryFolder | undefined;

  private constructor(process: RunningProcess, state: TemporaryFolder | undefined) {
    this.#process = process;
    this.#state = state;
  }

  static async download(options: TroupeOptions): Promise<Troupe> {
    return await Troupe.#start("download", options);
  }

  static async seed(options: TroupeOptions): Promise<Troupe> {
    return await Troupe.#start("seed", options);
  }

  static async #start(verb: string, options: TroupeOptions): Promise<Troupe> {
    const state = options.state === undefined ? temporaryFolder("troupe-state") : undefined;
    const statePath = state?.path ?? options.state ?? "";
    const places = ["--dir", options.folder, "--state-dir", statePath];
    const { within = [], arguments: further = [] } = options;
    const { mapsPort = false, usesLocalDiscovery = false, dhtNodes } = options;
    const quiet = [
      ...(dhtNodes?.flatMap((node) => ["--dht-node", node]) ?? ["--no-dht"]),
      ...(usesLocalDiscovery ? [] : ["--no-lsd"]),
      ...(mapsPort ? [] : ["--no-port-mapping"]),
    ];
    const words = [...places, ...alone, ...quiet, ...further];
    const line = [command, verb, options.torrent, ...words];
    return new Troupe(await startProcess([...within, process.execPath, ...line]), state);
  }

  /** The first event called `name` for which `matches` holds. @throws rejects when it ends without one. */
  async event(
    name: string,
    matches: (event: TroupeEvent) => boolean = () => true,
  ): Promise<TroupeEvent> {
    const find = (line: string): TroupeEvent | undefined => {
      const event = parseLine(line);
      return event?.event === name && matches(event) ? event : undefined;
    };
    return await this.#process.lineWhere(`the event "${name}"`, find);
  }

  /** Its listening address, once the gateway has mapped the port. */
  async mapped(): Promise<TroupeEvent> {
    return await this.event("listening", (event) => event["externalAddress"] !== undefined);
  }

  /** Settles when so many lines of its output, those of its log among them, have a text. */
  async says(text: string, count: number): Promise<void> {
    let seen = 0;
    const isLast = (line: string): true | undefined =>
      line.includes(text) && ++seen === count ? true : undefined;
    await this.#process.lineWhere(`${text}, ${count} times`, isLast);
  }

  /** The events called `name` so far. */
  all(name: string): readonly TroupeEvent[] {
    const events = this.#process.lines.map(parseLine);
    return events.filter((event) => event !== undefined).filter(({ event }) => event === name);
  }

  /** The latest event called `name` so far. */
  latest(name: string): TroupeEvent | undefined {
    return this.#process.lines.map(parseLine).findLast((event) => event?.event === name);
  }

  /**
   * Settles when it has ended by itself, everything downloaded.
   *
   * @throws rejects when it ends with anything but 0.
   */
  async finished(): Promise<void> {
    await this.event("complete");
    const { status, signal } = await this.#process.exited;
    if (status === 0) return;
    throw new Error(`troupe ended with ${status ?? signal}, 0 was expected: ${this.tail()}`);
  }

  /** Settles when it has ended by itself. */
  async ended(): Promise<Exit> {
    return await this.#process.exited;
  }

  /** Stops it as Ctrl-C does. */
  async interrupt(): Promise<Exit> {
    return await this.#process.stop(30_000, "SIGINT");
  }

  async kill(): Promise<Exit> {
    return await this.#process.stop(5_000, "SIGKILL");
  }

  /** The end of its output, for messages. */
  tail(): string {
    return this.#process.tail();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
    this.#state?.remove();
  }
}

function parseLine(line: string): TroupeEvent | undefined {
  return line.startsWith("{") ? (JSON.parse(line) as TroupeEvent) : undefined;
}
