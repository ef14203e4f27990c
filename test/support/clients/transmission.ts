// transmission-cli, asked over the RPC that it opens when its settings say so.
// It never dials 127.0.0.0/8: its peers have to dial it.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "@troupe/protocol/bencode";
import { encodeCompact4, encodeCompact6 } from "@troupe/protocol/tracker";
import type { DhtPlace } from "../dht/dht-place.ts";
import { freePort } from "../programs/free-port.ts";
import { Fetcher } from "../programs/fetch-within.ts";
import { startProcess, type RunningProcess } from "../programs/process.ts";
import { temporaryFolder, type TemporaryFolder } from "../files/temporary-folder.ts";
import { until } from "../time/until.ts";
import { foundIn } from "./daemon.ts";

const host = "127.0.0.1";
const mostStarts = 5;
const sessionHeader = "X-Transmission-Session-Id";
/** Status number of a torrent that is shared. */
const statusSeeding = 6;

/** The counts of Transmission itself, in bytes. */
export interface TransmissionFigures {
  readonly uploaded: number;
  readonly downloaded: number;
  readonly isSeeding: boolean;
  /** Connected peers whose address came from local discovery. */
  readonly localPeers: number;
}

/** Which torrent, and where its data lies or goes. */
export interface TransmissionOptions {
  /** Path of a .torrent, or a magnet link. */
  readonly torrent: string;
  readonly folder: string;
  /** Words before the command: those of the machine it runs on. */
  readonly within?: readonly string[];
  /** Default false. */
  readonly peerExchange?: boolean;
  /** Default false. */
  readonly localDiscovery?: boolean;
  /** Every connection is encrypted. Default false. */
  readonly isEncrypted?: boolean;
  /** Default false. */
  readonly hasUtp?: boolean;
  /** It looks for peers when it knows nine nodes, itself not counted. Default: no DHT. */
  readonly dht?: DhtPlace;
}

/** Fields of an answer. */
interface TorrentFields {
  readonly uploadedEver: number;
  readonly downloadedEver: number;
  readonly status: number;
  readonly percentDone: number;
  readonly peersFrom: { readonly fromLpd: number };
}

type PeerSettings = Pick<
  TransmissionOptions,
  "peerExchange" | "localDiscovery" | "dht" | "hasUtp" | "isEncrypted"
>;

interface TransmissionPorts {
  readonly port: number;
  readonly rpcPort: number;
}

/** A running transmission-cli. */
export class Transmission implements AsyncDisposable {
  /** Where peers reach it. */
  readonly port: number;
  readonly #process: RunningProcess;
  readonly #settings: TemporaryFolder;
  readonly #rpcUrl: string;
  readonly #fetcher: Fetcher;
  #sessionId = "";

  private constructor(
    process: RunningProcess,
    settings: TemporaryFolder,
    ports: TransmissionPorts,
    fetcher: Fetcher,
  ) {
    this.#fetcher = fetcher;
    this.port = ports.port;
    this.#process = process;
    this.#settings = settings;
    this.#rpcUrl = `http://${host}:${ports.rpcPort}/transmission/rpc`;
  }

  /**
   * Starts one that has everything in `folder`; settles when it has checked that and seeds. Its torrent is stopped for a
   * moment after the check, and transmission-cli ends when it sees that: it is then started again.
   */
  static async seed(options: TransmissionOptions, starts = mostStarts): Promise<Transmission> {
    const client = await Transmission.leech(options);
    try {
      await client.#until("a seed", ({ isSeeding }) => isSeeding);
      return client;
    } catch (error) {
      const startsAgain = client.#process.hasExited && starts > 1;
      await client[Symbol.asyncDispose]();
      if (startsAgain) return await Transmission.seed(options, starts - 1);
      throw error;
    }
  }

  /**
   * Starts one that downloads into `folder` what it lacks. It dials no loopback address: it needs a machine of a
   * network.
   */
  static async leech({
    torrent,
    folder,
    within = [],
    ...settled
  }: TransmissionOptions): Promise<Transmission> {
    const rpcPort = await freePort(host);
    const port = settled.dht?.port ?? (await freePort(host));
    const settings = temporaryFolder("transmission");
    writeSettings(settings.path, folder, { port, rpcPort, ...settled });
    const places = ["-g", settings.path, "-w", folder, "-p", String(port)];
    const rules = ["--no-portmap", settled.isEncrypted === true ? "-er" : "-et"];
    const command = [...within, "transmission-cli", ...places, ...rules, torrent];
    const process = await startProcess(command, { debianPackage: "transmission-cli" });
    return new Transmission(process, settings, { port, rpcPort }, await Fetcher.on(within));
  }

  /** Settles when everything has arrived and passed Transmission's own hash check. */
  async finished(): Promise<void> {
    const isSeeding = (line: string): true | undefined => line.startsWith("Seeding") || undefined;
    await this.#process.lineWhere("that it seeds", isSeeding);
  }

  /** Starts the download of a magnet link beside the first torrent. */
  async add(link: string): Promise<void> {
    await this.#post({ method: "torrent-add", arguments: { filename: link } });
  }

  /** Asks for its counters. */
  async figures(): Promise<TransmissionFigures> {
    const fields = ["uploadedEver", "downloadedEver", "status", "percentDone", "peersFrom"];
    const reply = await this.#post({ method: "torrent-get", arguments: { fields } });
    const { arguments: result } = (await reply.json()) as {
      arguments: { torrents: TorrentFields[] };
    };
    const [torrent] = result.torrents;
    return {
      uploaded: torrent?.uploadedEver ?? 0,
      downloaded: torrent?.downloadedEver ?? 0,
      isSeeding: torrent?.status === statusSeeding && torrent.percentDone === 1,
      localPeers: torrent?.peersFrom.fromLpd ?? 0,
    };
  }

  /** Settles when a peer is connected that it found on the local network. */
  async findsLocalPeer(): Promise<void> {
    await this.#until("a local peer", ({ localPeers }) => localPeers > 0);
  }

  /** Settles when it has run so long by its own clock. */
  async hasRun(seconds: number): Promise<void> {
    await until(`Transmission has run for ${seconds} s`, async () => {
      const reply = await this.#post({ method: "session-stats" });
      const { arguments: stats } = (await reply.json()) as {
        arguments: { "current-stats": { secondsActive: number } };
      };
      return stats["current-stats"].secondsActive >= seconds;
    });
  }

  /** Settles when it has received so many bytes of payload. */
  async received(bytes: number): Promise<void> {
    await this.#until(`${bytes} bytes`, ({ downloaded }) => downloaded >= bytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // SIGTERM would leave its lock file behind.
    await this.#process.stop(5_000, "SIGINT");
    await this.#fetcher[Symbol.asyncDispose]();
    this.#settings.remove();
  }

  async #until(what: string, holds: (figures: TransmissionFigures) => boolean): Promise<void> {
    await until(`Transmission: ${what}`, async () => holds(await this.figures()));
  }

  /** Refused until it listens; its first answer names the session that later questions must carry. */
  async #post(question: object): Promise<Response> {
    const body = JSON.stringify(question);
    return await foundIn(this.#process, "Transmission answers", async () => {
      const headers = { [sessionHeader]: this.#sessionId };
      const reply = await this.#fetcher.fetch(this.#rpcUrl, { method: "POST", headers, body });
      if (reply.status === 409) this.#sessionId = reply.headers.get(sessionHeader) ?? "";
      return reply.ok ? reply : undefined;
    });
  }
}

function writeSettings(
  path: string,
  folder: string,
  {
    port,
    rpcPort,
    peerExchange = false,
    localDiscovery = false,
    isEncrypted = false,
    hasUtp = false,
    dht,
  }: TransmissionPorts & PeerSettings,
): void {
  if (dht !== undefined) {
    const nodes = { nodes: encodeCompact4(dht.nodes), nodes6: encodeCompact6(dht.nodes) };
    writeFileSync(join(path, "dht.dat"), encode(nodes));
  }
  const settings = {
    "dht-enabled": dht !== undefined,
    "lpd-enabled": localDiscovery,
    "pex-enabled": peerExchange,
    "utp-enabled": hasUtp,
    "port-forwarding-enabled": false,
    encryption: isEncrypted ? 2 : 0,
    "peer-port": port,
    "download-dir": folder,
    "incomplete-dir-enabled": false,
    "download-queue-enabled": false,
    "ratio-limit-enabled": false,
    "rpc-enabled": true,
    "rpc-bind-address": host,
    "rpc-port": rpcPort,
    "rpc-authentication-required": false,
    "rpc-whitelist-enabled": false,
  };
  writeFileSync(join(path, "settings.json"), JSON.stringify(settings));
}
