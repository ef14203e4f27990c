// opentracker, a real tracker: HTTP and UDP on one port. Debian's build speaks IPv4 only and serves listed torrents only.

import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { announceUrl, decodeAnnounceReply, type ScrapeCounts } from "@troupe/protocol/tracker";
import type { InfoHash } from "@troupe/protocol/units";
import { freePort } from "../programs/free-port.ts";
import { runProcess, startProcess, type RunningProcess } from "../programs/process.ts";
import type { NetworkClient } from "../network.ts";
import type { TestTracker } from "./test-tracker.ts";
import { temporaryFolder, type TemporaryFolder } from "../files/temporary-folder.ts";

const pollMs = 100;
const loopback: Place = { ip4: "127.0.0.1", within: [] };
/** Prints the body of a reply. */
const fetching = "fetch(process.argv[1]).then((reply) => reply.text()).then(console.log)";

/** A machine of a test network. */
export type Place = Pick<NetworkClient, "ip4" | "within">;

/** A running opentracker. */
export class Opentracker implements TestTracker {
  /** Announce address over HTTP; the UDP one is the same with `udp:`. */
  readonly url: string;
  readonly #process: RunningProcess;
  readonly #folder: TemporaryFolder;
  readonly #place: Place;

  private constructor(
    port: number,
    process: RunningProcess,
    folder: TemporaryFolder,
    place: Place,
  ) {
    this.url = `http://${place.ip4}:${port}/announce`;
    this.#process = process;
    this.#folder = folder;
    this.#place = place;
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
    const tracker = new Opentracker(port, process, folder, place);
    await tracker.#untilUp();
    return tracker;
  }

  async knowsSeeder(infoHash: string, deadlineMs = 60_000): Promise<void> {
    for (let left = deadlineMs; left > 0; left -= pollMs) {
      if ((await this.scrape(infoHash)).complete > 0) return;
      await delay(pollMs);
    }
    throw new Error(`after ${deadlineMs / 1000} s the tracker knows no seeder of ${infoHash}`);
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
    this.#folder.remove();
  }

  /** The body of a reply, asked for on the tracker's machine. */
  async #fetch(url: string): Promise<string> {
    const { within } = this.#place;
    if (within.length === 0) return await (await fetch(url)).text();
    return (await runProcess([...within, process.execPath, "-e", fetching, url])).join("\n");
  }

  /** It says nothing when it is ready. */
  async #untilUp(): Promise<void> {
    for (let tries = 100; tries > 0 && !this.#process.hasExited; tries--) {
      try {
        await this.#fetch(this.url);
        return;
      } catch {
        await delay(pollMs);
      }
    }
    const tail = this.#process.tail();
    await this[Symbol.asyncDispose]();
    throw new Error(`opentracker does not answer at ${this.url}: ${tail}`);
  }
}
