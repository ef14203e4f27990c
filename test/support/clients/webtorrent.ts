// WebTorrent over TCP, driven by webtorrent_peer.mjs. It is no dependency of ours: npm installs it, pinned, into a folder
// beside the dependencies when it is first needed.

import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProcess, startProcess, type RunningProcess } from "../programs/process.ts";

/** The last one that needs no native modules, which are not on npm. */
const version = "1.9.7";
const script = fileURLToPath(new URL("webtorrent_peer.mjs", import.meta.url));
const installedFolder = fileURLToPath(
  new URL(`../../../node_modules/.cache/webtorrent-${version}`, import.meta.url),
);

/** Which torrent, and where its data lies or goes. */
export interface WebtorrentOptions {
  /** Path of a .torrent, or a magnet link. */
  readonly torrent: string;
  readonly folder: string;
  /** A port of 127.0.0.1 for its server of files, which answers once it is done. */
  readonly serverPort?: number;
}

/** A running WebTorrent. */
export class Webtorrent implements AsyncDisposable {
  readonly #process: RunningProcess;

  private constructor(process: RunningProcess) {
    this.#process = process;
  }

  /** Starts one that checks what is in `folder` and serves it. */
  static async seed(options: WebtorrentOptions): Promise<Webtorrent> {
    return await Webtorrent.#start(options);
  }

  /** Starts one that downloads into `folder`. */
  static async leech(options: WebtorrentOptions): Promise<Webtorrent> {
    return await Webtorrent.#start(options);
  }

  static async #start({ torrent, folder, serverPort }: WebtorrentOptions): Promise<Webtorrent> {
    await install();
    const port = serverPort === undefined ? [] : [String(serverPort)];
    // A module finds its packages from where it lies. Another process may load it.
    const copy = join(installedFolder, `${process.pid}.mjs`);
    const installed = join(installedFolder, "peer.mjs");
    copyFileSync(script, copy);
    renameSync(copy, installed);
    return new Webtorrent(
      await startProcess([process.execPath, installed, torrent, folder, ...port]),
    );
  }

  /** Settles when everything has arrived and passed its own hash check. */
  async finished(): Promise<void> {
    const isDone = (line: string): true | undefined => (line === "done" ? true : undefined);
    await this.#process.lineWhere("that it is done", isDone);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
  }
}

async function install(): Promise<void> {
  if (existsSync(installedFolder)) return;
  const unfinished = `${installedFolder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--no-save"];
  const lean = ["--ignore-scripts", "--omit=optional", "--prefix", unfinished];
  await runProcess(["npm", "install", ...quiet, ...lean, `webtorrent@${version}`]);
  try {
    renameSync(unfinished, installedFolder);
  } catch {
    // Another process was first.
    rmSync(unfinished, { recursive: true, force: true });
  }
}
