// aria2, driven and asked over its JSON-RPC.

import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { addressKey } from "@troupe/protocol/address";
import type { DhtPlace } from "../dht/dht-place.ts";
import { freePort } from "../programs/free-port.ts";
import { Fetcher } from "../programs/fetch-within.ts";
import { startProcess, type RunningProcess } from "../programs/process.ts";
import { temporaryFolder, type TemporaryFolder } from "../files/temporary-folder.ts";
import { foundIn } from "./daemon.ts";
import { until } from "../time/until.ts";

const host = "127.0.0.1";
/** Names the download on the command line, so that it can be asked about. */
const firstId = "0123456789abcdef";
const plain = [
  "--no-conf=true",
  // UDP trackers are announced to over the socket of the DHT.
  "--enable-dht=true",
  "--file-allocation=none",
  "--console-log-level=warn",
  "--show-console-readout=false",
  "--summary-interval=0",
];

/** The counts of aria2 itself, in bytes. */
export interface Aria2Figures {
  readonly status: "active" | "waiting" | "paused" | "error" | "complete" | "removed";
  readonly uploaded: number;
  readonly downloaded: number;
  readonly errorMessage: string | undefined;
}

/** Which torrent, and where its data lies or goes. */
export interface Aria2Options {
  /** Path of a .torrent, or a magnet link. */
  readonly torrent: string;
  readonly folder: string;
  /** Words before the command: those of the machine it runs on. */
  readonly within?: readonly string[];
  /** Default false. */
  readonly peerExchange?: boolean;
  /** Default false. */
  readonly localDiscovery?: boolean;
  /** Every connection is encrypted by RC4. Default false. */
  readonly isEncrypted?: boolean;
  /** Default: a DHT without other nodes. */
  readonly dht?: DhtPlace;
  readonly arguments?: readonly string[];
}

/** Fields of a status that are read here. */
interface Status {
  readonly status: Aria2Figures["status"];
  readonly uploadLength: string;
  readonly completedLength: string;
  readonly errorMessage?: string;
  /** Ids of the downloads that a magnet's metadata began. */
  readonly followedBy?: readonly string[];
}

/** A running aria2c on 127.0.0.1, unless it runs on another machine. */
export class Aria2 implements AsyncDisposable {
  /** Where peers reach it. */
  readonly port: number;
  readonly #process: RunningProcess;
  readonly #settings: TemporaryFolder;
  readonly #rpcUrl: string;
  readonly #fetcher: Fetcher;
  readonly #secret: string;
  /** Id of the metadata until they are complete, then of the data. */
  #downloadId = firstId;

  private constructor(
    process: RunningProcess,
    settings: TemporaryFolder,
    { port, rpcPort }: { readonly port: number; readonly rpcPort: number },
    secret: string,
    fetcher: Fetcher,
  ) {
    this.#fetcher = fetcher;
    this.port = port;
    this.#process = process;
    this.#settings = settings;
    this.#rpcUrl = `http://${host}:${rpcPort}/jsonrpc`;
    this.#secret = secret;
  }

  /** Starts one that checks what is in `folder` and serves it for as long as it runs. */
  static async seed(options: Aria2Options): Promise<Aria2> {
    return await Aria2.#start(options, ["--check-integrity=true", "--seed-ratio=0.0"]);
  }

  /** Starts one that downloads into `folder`, and stops sharing when it is complete. */
  static async leech(options: Aria2Options): Promise<Aria2> {
    return await Aria2.#start(options, ["--seed-time=0"]);
  }

  static async #start(options: Aria2Options, role: readonly string[]): Promise<Aria2> {
    const rpcPort = await freePort(host);
    const port = options.dht?.port ?? (await freePort(host));
    const settings = temporaryFolder("aria2");
    const secret = randomUUID();
    const rpc = ["--enable-rpc=true", `--rpc-listen-port=${rpcPort}`, `--rpc-secret=${secret}`];
    const dht = dhtWords(settings.path, port, options.dht);
    const job = [`--gid=${firstId}`, `--listen-port=${port}`, `--dir=${options.folder}`];
    const { within = [], arguments: further = [], torrent } = options;
    const { peerExchange = false, localDiscovery = false, isEncrypted = false } = options;
    const discovery = [
      `--enable-peer-exchange=${peerExchange}`,
      `--bt-enable-lpd=${localDiscovery}`,
      ...(isEncrypted ? ["--bt-require-crypto=true", "--bt-min-crypto-level=arc4"] : []),
    ];
    const words = [...plain, ...discovery, ...rpc, ...dht, ...role, ...job, ...further, torrent];
    const command = [...within, "aria2c", ...words];
    const process = await startProcess(command, { debianPackage: "aria2" });
    return new Aria2(process, settings, { port, rpcPort }, secret, await Fetcher.on(within));
  }

  /** Settles when everything has arrived and passed aria2's own hash check. */
  async finished(): Promise<void> {
    await until("aria2 has finished", async () => {
      const { status, errorMessage } = await this.figures();
      if (status === "error") throw new Error(`aria2 failed: ${errorMessage}`);
      return status === "complete";
    });
  }

  /** Settles when so many bytes have arrived and passed aria2's hash check, also while it seeds. */
  async holds(lengthBytes: number): Promise<void> {
    await until(
      `aria2 has ${lengthBytes} bytes`,
      async () => (await this.figures()).downloaded >= lengthBytes,
    );
  }

  /** Starts the download of a magnet link beside the first one. */
  async add(link: string): Promise<void> {
    await this.#call("aria2.addUri", [link]);
  }

  /** Asks for its counters; waits for it to come up. */
  async figures(): Promise<Aria2Figures> {
    const result = await this.#call<Status>("aria2.tellStatus", this.#downloadId);
    const [dataId] = result.followedBy ?? [];
    if (dataId !== undefined) {
      this.#downloadId = dataId;
      return await this.figures();
    }
    return {
      status: result.status,
      uploaded: Number(result.uploadLength),
      downloaded: Number(result.completedLength),
      errorMessage: result.errorMessage,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
    await this.#fetcher[Symbol.asyncDispose]();
    this.#settings.remove();
  }

  async #call<Result>(method: string, ...parameters: unknown[]): Promise<Result> {
    const body = {
      jsonrpc: "2.0",
      id: 1,
      method,
      params: [`token:${this.#secret}`, ...parameters],
    };
    const reply = await this.#post(JSON.stringify(body));
    const { result, error } = (await reply.json()) as {
      result?: Result;
      error?: { message: string };
    };
    if (result === undefined) throw new Error(`aria2 refused ${method}: ${error?.message}`);
    return result;
  }

  /** Refused until it listens. */
  async #post(body: string): Promise<Response> {
    return await foundIn(this.#process, "aria2 answers", () =>
      this.#fetcher.fetch(this.#rpcUrl, { method: "POST", body }),
    );
  }
}

/** Words for its UDP port, its files of nodes, and the first nodes of both families. */
function dhtWords(folder: string, port: number, place: DhtPlace | undefined): readonly string[] {
  const words = [`--dht-listen-port=${port}`, `--dht-file-path=${join(folder, "dht")}`];
  if (place === undefined) return [...words, "--enable-dht6=false", "--disable-ipv6=true"];
  const [entry, entry6] = [false, true].map((is6) =>
    place.nodes.find((node) => node.host.includes(":") === is6),
  );
  const files = `--dht-file-path6=${join(folder, "dht6")}`;
  const sockets = ["--enable-dht6=true", `--dht-listen-addr6=${place.ip6}`];
  // Every torrent looks for peers at once.
  return [
    ...[...words, files, ...sockets, "--max-concurrent-downloads=100"],
    ...(entry === undefined ? [] : [`--dht-entry-point=${addressKey(entry.host, entry.port)}`]),
    ...(entry6 === undefined ? [] : [`--dht-entry-point6=${addressKey(entry6.host, entry6.port)}`]),
  ];
}
