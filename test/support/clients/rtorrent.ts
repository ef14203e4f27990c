// rtorrent, driven by a resource file of its own; it says that it is done by making a file.
// It knows one peer an address, itself included: so it gets an address of its own.

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../programs/free-port.ts";
import { startProcess, type RunningProcess } from "../programs/process.ts";
import { temporaryFolder, type TemporaryFolder } from "../files/temporary-folder.ts";
import { untilIn } from "./daemon.ts";

const host = "127.0.0.3";

/** Which torrent, and where its data lies or goes. */
export interface RtorrentOptions {
  readonly torrent: string;
  readonly folder: string;
  /** Every connection is encrypted by RC4. Default false. */
  readonly isEncrypted?: boolean;
  /** Default: none. */
  readonly downKibibytesPerSecond?: number;
}

/** A running rtorrent. */
export class Rtorrent implements AsyncDisposable {
  readonly #process: RunningProcess;
  readonly #session: TemporaryFolder;

  private constructor(process: RunningProcess, session: TemporaryFolder) {
    this.#process = process;
    this.#session = session;
  }

  /** Starts one that checks what is in `folder` and serves it. */
  static async seed(options: RtorrentOptions): Promise<Rtorrent> {
    return await Rtorrent.#start(options);
  }

  /** Starts one that downloads into `folder`. */
  static async leech(options: RtorrentOptions): Promise<Rtorrent> {
    return await Rtorrent.#start(options);
  }

  static async #start(options: RtorrentOptions): Promise<Rtorrent> {
    const session = temporaryFolder("rtorrent");
    const resources = join(session.path, "rtorrent.rc");
    writeFileSync(resources, await resourcesOf(options, session.path));
    const process = await startProcess(["rtorrent", "-n", "-o", `import=${resources}`], {
      debianPackage: "rtorrent",
    });
    return new Rtorrent(process, session);
  }

  /** Settles when everything has arrived and passed rtorrent's own hash check. */
  async finished(): Promise<void> {
    await untilIn(this.#process, "rtorrent has finished", async () =>
      existsSync(finishedFile(this.#session.path)),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
    this.#session.remove();
  }
}

function finishedFile(session: string): string {
  return join(session, "finished");
}

async function resourcesOf(
  { torrent, folder, downKibibytesPerSecond, isEncrypted = false }: RtorrentOptions,
  session: string,
): Promise<string> {
  const port = await freePort(host);
  const limit = downKibibytesPerSecond ?? 0;
  const encryption = isEncrypted ? "allow_incoming,try_outgoing,require,require_RC4" : "none";
  return `
system.daemon.set = true
directory.default.set = ${folder}
session.path.set = ${session}
network.bind_address.set = ${host}
network.port_range.set = ${port}-${port}
network.port_random.set = no
dht.mode.set = disable
protocol.pex.set = no
protocol.encryption.set = ${encryption}
trackers.use_udp.set = no
pieces.hash.on_completion.set = yes
throttle.global_down.max_rate.set_kb = ${limit}
method.set_key = event.download.finished,done,"execute2={touch,${finishedFile(session)}}"
load.start = ${torrent}
`;
}
