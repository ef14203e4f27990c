// libtorrent, the reference of most desktop clients, driven by libtorrent_peer.py.

import { fileURLToPath } from "node:url";
import { addressKey } from "@troupe/protocol/address";
import type { DhtPlace } from "../dht/dht-place.ts";
import { runProcess, startProcess, type RunningProcess } from "../programs/process.ts";
import { found } from "../time/until.ts";

const python = "/usr/bin/python3";
const script = fileURLToPath(new URL("libtorrent_peer.py", import.meta.url));

/** Seen once in many runs: libtorrent ends without a word before it listens. */
const mostStarts = 3;

/** The counts of libtorrent itself, payload only, in bytes. */
export interface LibtorrentFigures {
  readonly uploaded: number;
  readonly downloaded: number;
  /** Names of the clients it has shaken hands with. */
  readonly clients: readonly string[];
  /** Their addresses, without ports. */
  readonly addresses: readonly string[];
  /** `host:port` of connected peers that other peers named (BEP 11). */
  readonly exchanged: readonly string[];
  /** `host:port` of connected peers that local discovery found (BEP 14). */
  readonly local: readonly string[];
  /** Addresses of peers that said that they download nothing more (BEP 21). */
  readonly uploadOnly: readonly string[];
  /** Names of the messages that peers sent, in capitals as libtorrent logs them; empty without `logsPeers`. */
  readonly heard: readonly string[];
  /** A character a piece: `#` for those it has. */
  readonly pieces: string;
}

/** Which torrent, where its data lies or goes, and where to listen. */
export interface LibtorrentOptions {
  /** Path of a .torrent, or a magnet link. */
  readonly torrent: string;
  readonly folder: string;
  /** Address to listen on; 127.0.0.1 by default. */
  readonly host?: string;
  /** Words before the command: those of the machine it runs on. */
  readonly within?: readonly string[];
  /** Dialled at the start. */
  readonly peer?: { readonly host: string; readonly port: number };
  /** Default false. */
  readonly localDiscovery?: boolean;
  /** Bytes a second of payload that it downloads at most; without limit by default. */
  readonly downLimit?: number;
  /** Bytes a second that it uploads at most, in shares of 50 ms; without limit by default. */
  readonly upLimit?: number;
  /** Every connection is encrypted by RC4. Default: every connection is plain. */
  readonly isEncrypted?: boolean;
  /** Default TCP alone. */
  readonly transport?: "both" | "tcp" | "utp";
  /** Notes the messages of peers. Default false. */
  readonly logsPeers?: boolean;
  /** It listens there over IPv4, also where `host` is of IPv6. Default: no DHT. */
  readonly dht?: DhtPlace;
}

type Entry = Readonly<Record<string, unknown>>;

/** A running libtorrent peer. */
export class Libtorrent implements AsyncDisposable {
  readonly #process: RunningProcess;
  #questions = 0;

  private constructor(process: RunningProcess) {
    this.#process = process;
  }

  /** Starts one that has everything in `folder`; settles when that is checked. */
  static async seed(options: LibtorrentOptions): Promise<Libtorrent> {
    const peer = await Libtorrent.#start("seed", options);
    await peer.#event("seeding");
    return peer;
  }

  /** Starts one that downloads into `folder`. */
  static async leech(options: LibtorrentOptions): Promise<Libtorrent> {
    return await Libtorrent.#start("leech", options);
  }

  static async #start(role: "seed" | "leech", options: LibtorrentOptions): Promise<Libtorrent> {
    await refuseMissingBindings();
    const { torrent, folder, dht, within = [] } = options;
    const host = dht?.ip4 ?? options.host ?? "127.0.0.1";
    const words = discoveryWords(options);
    const command = [...within, python, script, role, torrent, folder, host, ...words];
    const { downLimit = 0, upLimit = 0 } = options;
    const environment = {
      DOWN_LIMIT: String(downLimit),
      UP_LIMIT: String(upLimit),
      ...(options.isEncrypted === true && { ENCRYPTION: "rc4" }),
      ...(options.logsPeers === true && { LOG: "1" }),
      TRANSPORT: options.transport ?? "tcp",
      ...(upLimit > 0 && { TICK_MS: "50" }),
    };
    for (let starts = 1; ; starts++) {
      const peer = new Libtorrent(await startProcess(command, { environment }));
      if (starts === mostStarts || (await peer.#hasStarted())) return peer;
    }
  }

  /** @returns False when it ended without a word before it listened. */
  async #hasStarted(): Promise<boolean> {
    try {
      await this.port();
      return true;
    } catch (error) {
      if (!this.#process.hasExited || this.#process.tail() !== "") throw error;
      return false;
    }
  }

  /** The port it listens on. */
  async port(): Promise<number> {
    return Number((await this.#event("listening"))["port"]);
  }

  /** Settles when everything has arrived and passed libtorrent's own hash check. */
  async finished(): Promise<void> {
    await this.#event("finished");
  }

  /** Asks for its counters. */
  async figures(): Promise<LibtorrentFigures> {
    const question = String(++this.#questions);
    this.#process.say(question);
    const answer = await this.#event("figures", (entry) => entry["question"] === question);
    return answer as unknown as LibtorrentFigures;
  }

  /** Its counters, as soon as `isDue` holds for them. @param what The state that is waited for, as a sentence. */
  async figuresWhen(
    what: string,
    isDue: (figures: LibtorrentFigures) => boolean,
  ): Promise<LibtorrentFigures> {
    return await found(`libtorrent: ${what}`, async () => {
      const figures = await this.figures();
      return isDue(figures) ? figures : undefined;
    });
  }

  /** Its {@link LibtorrentFigures.exchanged}, as soon as there is one. */
  async exchanged(): Promise<readonly string[]> {
    const isDue = (figures: LibtorrentFigures): boolean => figures.exchanged.length > 0;
    return (await this.figuresWhen("a peer that others named", isDue)).exchanged;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
  }

  async #event(name: string, matches: (entry: Entry) => boolean = () => true): Promise<Entry> {
    const find = (line: string): Entry | undefined => {
      if (!line.startsWith("{")) return undefined;
      const entry = JSON.parse(line) as Entry;
      return entry["event"] === name && matches(entry) ? entry : undefined;
    };
    return await this.#process.lineWhere(`the event "${name}"`, find);
  }
}

function discoveryWords(options: LibtorrentOptions): readonly string[] {
  const { localDiscovery, dht, peer } = options;
  if (localDiscovery === true) return ["local-discovery"];
  if (dht === undefined) return peer === undefined ? [] : [peer.host, String(peer.port)];
  const nodes = dht.nodes.filter(({ host }) => !host.includes(":"));
  return ["dht", String(dht.port), ...nodes.map(({ host, port }) => addressKey(host, port))];
}

async function refuseMissingBindings(): Promise<void> {
  try {
    await runProcess([python, "-c", "import libtorrent"]);
  } catch (error) {
    throw new Error("libtorrent is not installed: install the Debian package python3-libtorrent", {
      cause: error,
    });
  }
}
