// opentracker, a real tracker: HTTP and UDP on one port. Debian's build speaks IPv4 only and serves listed torrents only.

import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { announceUrl, decodeAnnounceReply, type ScrapeCounts } from "@troupe/protocol/tracker";
import type { InfoHash } from "@troupe/protocol/units";
import { freePort } from "../programs/free-port.ts";
import { Fetcher } from "../programs/fetch-within.ts";
import { startProcess, type RunningProcess } from "../programs/process.ts";
import { until } from "../time/until.ts";
import { untilIn } from "./daemon.ts";
import type { NetworkClient } from "../network.ts";
import type { TestTracker } from "./test-tracker.ts";
import { temporaryFolder, type TemporaryFolder } from "../files/temporary-folder.ts";

const loopback: Place = { ip4: "127.0.0.1", within: [] };

/** A machine of a test network. */
export type Place = Pick<NetworkClient, "ip4" | "within">;

/** A running opentracker. */
export class Opentracker implements TestTracker {
  /** Announce address over HTTP; the UDP one is the same with `udp:`. */
  readonly url: string;
  readonly #process: RunningProcess;
  readonly #folder: TemporaryFolder;
  readonly #fetcher: Fetcher;

  private constructor(
    port: number,
    process: RunningProcess,
    folder: TemporaryFolder,
    fetcher: Fetcher,
    ip4: string,
  ) {
    this.url = `http://${ip4}:${port}/announce`;
    this.#process = process;
    this.#folder = folder;
    this.#fetcher = fetcher;
  }

  /** Starts one that serves these torrents: 40 hex digits each. @param place Loopback by default. */
  static async start(infoHashes: readonly string[], place = loopback): Promise<Opentracker> {
    const port = await freePort();
    const folder = temporaryFolder("opentracker");
    // It gives up its rights before it reads the list.
    chmodSync(folder.path, 0o755);
    writeFileSync(join(folder.path, "allowed.txt"), infoHashes.map((hash) => `${hash}\n`).join(""));
    const listening = ["-i", place.ip4, "-p", String(port), "-P", String(port)];
    const rights = ["-d", folder.path, "-u", "nobody", "-w", "allowed.txt"];
    const command = [...place.within, "opentracker", ...listening, ...rights];
    const process = await startProcess(command, { debianPackage: "opentracker" });
    const tracker = new Opentracker(
      port,
      process,
      folder,
      await Fetcher.on(place.within),
      place.ip4,
    );
    // It says nothing when it is ready.
    await untilIn(
      process,
      "opentracker answers",
      async () => (await tracker.#fetch(tracker.url)) !== "",
    );
    return tracker;
  }

  async knowsSeeder(infoHash: string): Promise<void> {
    await until(
      `opentracker knows a seeder of ${infoHash}`,
      async () => (await this.scrape(infoHash)).complete > 0,
    );
  }

  /** Its counts of a torrent: seeds, completed downloads, leechers. */
  async scrape(infoHash: string): Promise<ScrapeCounts> {
    const escaped = infoHash.replace(/../g, "%$&");
    const body = await this.#fetch(this.url.replace("announce", `scrape?info_hash=${escaped}`));
    const count = (key: string): number =>
      Number(new RegExp(`${key}i(\\d+)e`).exec(body)?.[1] ?? 0);
    return {
      complete: count("8:complete"),
      downloaded: count("10:downloaded"),
      incomplete: count("10:incomplete"),
    };
  }

  /** `host:port` of the peers that it names to a leecher at port 7001, which it then counts too. On loopback alone. */
  async peers(infoHash: string): Promise<readonly string[]> {
    const reply = await fetch(
      announceUrl(this.url, {
        infoHash: infoHash as InfoHash,
        peerId: new TextEncoder().encode("-XX0000-000000007001"),
        port: 7001,
        key: "00007001",
        uploaded: 0,
        downloaded: 0,
        left: 1,
        numWant: 50,
        event: "started",
      }),
    );
    const { peers } = decodeAnnounceReply(new Uint8Array(await reply.arrayBuffer()));
    return peers
      .map(({ host, port }) => `${host}:${port}`)
      .filter((peer) => !peer.endsWith(":7001"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
    await this.#fetcher[Symbol.asyncDispose]();
    this.#folder.remove();
  }

  /** The body of a reply, asked for on the tracker's machine. */
  async #fetch(url: string): Promise<string> {
    return await (await this.#fetcher.fetch(url)).text();
  }
}
