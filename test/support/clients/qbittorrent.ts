// qBittorrent without its window, asked over the web interface of its own machine.

import { freePort } from "../programs/free-port.ts";
import { startProcess, type RunningProcess } from "../programs/process.ts";
import { writeQbittorrentSettings } from "./qbittorrent-settings.ts";
import { temporaryFolder, type TemporaryFolder } from "../files/temporary-folder.ts";
import { untilIn } from "./daemon.ts";

const host = "127.0.0.1";

/** Which torrent, and where its data lies or goes. */
export interface QbittorrentOptions {
  readonly torrent: string;
  readonly folder: string;
  /** Every connection is encrypted by RC4. Default: it takes plain connections, and dials plain. */
  readonly isEncrypted?: boolean;
  /** uTP alone. Default TCP alone. */
  readonly isOverUtp?: boolean;
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
    isEncrypted = false,
    isOverUtp = false,
  }: QbittorrentOptions): Promise<Qbittorrent> {
    const [webPort, port] = [await freePort(host), await freePort(host)];
    const profile = temporaryFolder("qbittorrent");
    const session = [
      "Session\\PeXEnabled=false",
      "Session\\MultiConnectionsPerIp=true",
      `Session\\BTProtocol=${isOverUtp ? "UTP" : "TCP"}`,
      ...(isEncrypted ? ["Session\\Encryption=1"] : []),
      `Session\\TorrentContentLayout=${layout}`,
    ];
    const web = ["WebUI\\LocalHostAuth=false"];
    writeQbittorrentSettings(profile.path, { port, webPort, session, web });
    const places = [`--profile=${profile.path}`, `--save-path=${folder}`];
    const command = ["qbittorrent-nox", ...places, "--add-paused=false", torrent];
    const process = await startProcess(command, { debianPackage: "qbittorrent-nox" });
    return new Qbittorrent(process, profile, webPort);
  }

  /** Settles when everything has arrived and passed its own hash check. */
  async finished(): Promise<void> {
    await untilIn(
      this.#process,
      "qBittorrent has finished",
      async () => (await this.#progress()) === 1,
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
