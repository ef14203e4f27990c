// qBittorrent without its window, asked over the web interface of its own machine.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../programs/free-port.ts";
import { startProcess, type RunningProcess } from "../programs/process.ts";
import { temporaryFolder, type TemporaryFolder } from "../files/temporary-folder.ts";

const host = "127.0.0.1";
const pollMs = 100;

/** Which torrent, and where its data lies or goes. */
export interface QbittorrentOptions {
  readonly torrent: string;
  readonly folder: string;
  /** Default `Original`. */
  readonly layout?: "NoSubfolder" | "Original" | "Subfolder";
}

/** A running qbittorrent-nox. */
export class Qbittorrent implements AsyncDisposable {
  readonly #process: RunningProcess;
  readonly #profile: TemporaryFolder;
  readonly #url: string;

  private constructor(process: RunningProcess, profile: TemporaryFolder, webPort: number) {
    this.#process = process;
    this.#profile = profile;
    this.#url = `http://${host}:${webPort}/api/v2/torrents/info`;
  }

  /** Starts one that checks what is in `folder` and serves it. */
  static async seed(options: QbittorrentOptions): Promise<Qbittorrent> {
    return await Qbittorrent.#start(options);
  }

  /** Starts one that downloads into `folder`. */
  static async leech(options: QbittorrentOptions): Promise<Qbittorrent> {
    return await Qbittorrent.#start(options);
  }

  static async #start({
    torrent,
    folder,
    layout = "Original",
  }: QbittorrentOptions): Promise<Qbittorrent> {
    const [webPort, port] = [await freePort(host), await freePort(host)];
    const profile = temporaryFolder("qbittorrent");
    writeSettings(profile.path, { port, webPort, layout });
    const places = [`--profile=${profile.path}`, `--save-path=${folder}`];
    const command = ["qbittorrent-nox", ...places, "--add-paused=false", torrent];
    const process = await startProcess(command, { debianPackage: "qbittorrent-nox" });
    return new Qbittorrent(process, profile, webPort);
  }

  /** Settles when everything has arrived and passed its own hash check. */
  async finished(deadlineMs = 60_000): Promise<void> {
    for (let left = deadlineMs; left > 0 && !this.#process.hasExited; left -= pollMs) {
      if ((await this.#progress()) === 1) return;
      await delay(pollMs);
    }
    throw new Error(
      `qBittorrent did not finish in ${deadlineMs / 1000} s: ${this.#process.tail()}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
    this.#profile.remove();
  }

  /** @returns 0 to 1, or undefined while it does not answer or knows no torrent. */
  async #progress(): Promise<number | undefined> {
    const reply = await fetch(this.#url).catch(() => {});
    if (reply?.ok !== true) return undefined;
    const [torrent] = (await reply.json()) as { readonly progress: number }[];
    return torrent?.progress;
  }
}

interface Settings extends Required<Pick<QbittorrentOptions, "layout">> {
  readonly port: number;
  readonly webPort: number;
}

function writeSettings(profile: string, { port, webPort, layout }: Settings): void {
  const folder = join(profile, "qBittorrent", "config");
  mkdirSync(folder, { recursive: true });
  const settings = `
[LegalNotice]
Accepted=true

[BitTorrent]
Session\\Port=${port}
Session\\DHTEnabled=false
Session\\LSDEnabled=false
Session\\PeXEnabled=false
Session\\MultiConnectionsPerIp=true
Session\\TorrentContentLayout=${layout}

[Network]
PortForwardingEnabled=false

[Preferences]
WebUI\\Enabled=true
WebUI\\Address=${host}
WebUI\\Port=${webPort}
WebUI\\LocalHostAuth=false
WebUI\\UseUPnP=false
`;
  writeFileSync(join(folder, "qBittorrent.conf"), settings);
}
