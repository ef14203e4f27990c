// Debian's qbittorrent-nox behind its Web API, with the features switched off that look for peers.

import { join } from "node:path";
import { untilIn } from "../clients/daemon.ts";
import { writeQbittorrentSettings } from "../clients/qbittorrent-settings.ts";
import { freePort } from "../programs/free-port.ts";
import { startProcess, type RunningProcess } from "../programs/process.ts";
import { WebApi } from "./web-api.ts";

const host = "127.0.0.1";

/** The user and the password that 4.5.2 has before others are set. */
export const firstLogin = { user: "admin", password: "adminadmin" } as const;

/** A running qbittorrent-nox with its data in the folder `data` of its folder. */
export class QbittorrentDaemon implements AsyncDisposable {
  readonly api: WebApi;
  readonly port: number;
  readonly #folder: string;
  #process: RunningProcess | undefined;

  private constructor(folder: string, port: number) {
    this.api = new WebApi(port);
    this.port = port;
    this.#folder = folder;
  }

  /** Settles when it has accepted the login. */
  static async start(folder: string): Promise<QbittorrentDaemon> {
    const [port, webPort] = [await freePort(host), await freePort(host)];
    const session = [
      `Session\\DefaultSavePath=${join(folder, "data")}`,
      "Session\\Interface=lo",
      `Session\\InterfaceAddress=${host}`,
    ];
    writeQbittorrentSettings(folder, { port, webPort, session });
    const daemon = new QbittorrentDaemon(folder, webPort);
    await daemon.#run();
    return daemon;
  }

  /** Stops it, and starts it with the torrents and settings that it has saved. */
  async restart(): Promise<void> {
    await this.#process?.stop();
    await this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.stop();
  }

  async #run(): Promise<void> {
    const command = ["qbittorrent-nox", `--profile=${this.#folder}`];
    const process = await startProcess(command, { debianPackage: "qbittorrent-nox" });
    this.#process = process;
    const { user, password } = firstLogin;
    await untilIn(
      process,
      "qbittorrent-nox accepts the login",
      async () => (await this.api.login(user, password)).body === "Ok.",
    );
  }
}
