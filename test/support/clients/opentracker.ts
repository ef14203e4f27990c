// opentracker, a real tracker: HTTP and UDP on one port. Debian's build speaks IPv4 only and serves listed torrents only.

import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../programs/free-port.ts";
import { startProcess, type RunningProcess } from "../programs/process.ts";
import type { TestTracker } from "./test-tracker.ts";
import { temporaryFolder, type TemporaryFolder } from "../files/temporary-folder.ts";

const host = "127.0.0.1";
const pollMs = 100;

/** A running opentracker on 127.0.0.1. */
export class Opentracker implements TestTracker {
  /** Announce address over HTTP; the UDP one is the same with `udp:`. */
  readonly url: string;
  readonly #process: RunningProcess;
  readonly #folder: TemporaryFolder;

  private constructor(port: number, process: RunningProcess, folder: TemporaryFolder) {
    this.url = `http://${host}:${port}/announce`;
    this.#process = process;
    this.#folder = folder;
  }

  /** Starts one that serves these torrents: 40 hex digits each. */
  static async start(infoHashes: readonly string[]): Promise<Opentracker> {
    const port = await freePort(host);
    const folder = temporaryFolder("opentracker");
    // It gives up its rights before it reads the list.
    chmodSync(folder.path, 0o755);
    writeFileSync(join(folder.path, "allowed.txt"), infoHashes.map((hash) => `${hash}\n`).join(""));
    const listening = ["-i", host, "-p", String(port), "-P", String(port)];
    const rights = ["-d", folder.path, "-u", "nobody", "-w", "allowed.txt"];
    const process = await startProcess(["opentracker", ...listening, ...rights], {
      debianPackage: "opentracker",
    });
    const tracker = new Opentracker(port, process, folder);
    await tracker.#untilUp();
    return tracker;
  }

  async knowsSeeder(infoHash: string, deadlineMs = 60_000): Promise<void> {
    const escaped = infoHash.replace(/../g, "%$&");
    const url = this.url.replace("announce", `scrape?info_hash=${escaped}`);
    for (let left = deadlineMs; left > 0; left -= pollMs) {
      const reply = await fetch(url);
      const [, complete] = /8:completei(\d+)e/.exec(await reply.text()) ?? [];
      if (Number(complete) > 0) return;
      await delay(pollMs);
    }
    throw new Error(`after ${deadlineMs / 1000} s the tracker knows no seeder of ${infoHash}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
    this.#folder.remove();
  }

  /** It says nothing when it is ready. */
  async #untilUp(): Promise<void> {
    for (let tries = 100; tries > 0 && !this.#process.hasExited; tries--) {
      try {
        await (await fetch(this.url)).arrayBuffer();
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
