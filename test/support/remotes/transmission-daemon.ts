// Debian's transmission-daemon. Features that look for peers or that Troupe lacks are off, and limits are ours.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { untilIn } from "../clients/daemon.ts";
import { freePort } from "../programs/free-port.ts";
import { startProcess, type RunningProcess } from "../programs/process.ts";
import { TransmissionRpc } from "./transmission-rpc.ts";

const host = "127.0.0.1";

/** A running transmission-daemon with its data in the folder `data` of its folder. */
export class TransmissionDaemon implements AsyncDisposable {
  readonly rpc: TransmissionRpc;
  readonly #process: RunningProcess;

  private constructor(rpc: TransmissionRpc, process: RunningProcess) {
    this.rpc = rpc;
    this.#process = process;
  }

  /** Settles when it answers. */
  static async start(folder: string): Promise<TransmissionDaemon> {
    const [port, rpcPort] = [await freePort(host), await freePort(host)];
    const settings = {
      "bind-address-ipv4": host,
      "blocklist-url": "",
      "cache-size-mb": 64,
      "dht-enabled": false,
      "download-dir": join(folder, "data"),
      "download-queue-enabled": false,
      encryption: 0,
      "incomplete-dir": join(folder, "data"),
      "lpd-enabled": false,
      "peer-limit-global": 500,
      "peer-limit-per-torrent": 200,
      "peer-port": port,
      "pex-enabled": true,
      "port-forwarding-enabled": false,
      "queue-stalled-minutes": 1,
      "rename-partial-files": false,
      "rpc-whitelist-enabled": false,
      "utp-enabled": true,
      ...{ "scrape-paused-torrents-enabled": false, "trash-original-torrent-files": false },
    };
    writeFileSync(join(folder, "settings.json"), JSON.stringify(settings));
    const places = ["-g", folder, "-p", `${rpcPort}`, "-a", host];
    const command = ["transmission-daemon", "-f", "-T", ...places];
    const process = await startProcess(command, { debianPackage: "transmission-daemon" });
    const daemon = new TransmissionDaemon(new TransmissionRpc(rpcPort), process);
    await daemon.#answering();
    return daemon;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
  }

  async #answering(): Promise<void> {
    await untilIn(
      this.#process,
      "transmission-daemon answers",
      async () => (await this.rpc.call("session-get")).status === 200,
    );
  }
}
