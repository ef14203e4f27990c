// A machine of a test network with all that a torrent meets: a seeder, a tracker over HTTP and UDP, a web seed, a DHT node, and
// a gateway that maps ports by UPnP. They listen at both addresses of the machine.

import { fileURLToPath } from "node:url";
import { dhtAddress, dhtPlaceOn } from "../dht/dht-place.ts";
import { ScriptedNode } from "../dht/scripted-node.ts";
import type { Payload } from "../files/payload.ts";
import { writeTorrentFile, type TorrentFile } from "../files/torrent-file.ts";
import type { NetworkClient } from "../network.ts";
import { startProcess } from "../programs/process.ts";
import { Troupe } from "./troupe.ts";

const program = fileURLToPath(new URL("swarm-host.program.ts", import.meta.url));

/** Ports of the servers. */
export const hostPorts = {
  tracker: 6_969,
  /** A tracker that names peers of both families over each of them: at `namedPeer`, where nothing listens. */
  namingTracker: 7_070,
  namedPeer: 7_071,
  web: 8_080,
  description: 5_000,
  node: 6_881,
} as const;

/** The servers of one torrent. */
export class SwarmHost implements AsyncDisposable {
  /** It names no tracker. */
  readonly torrent: TorrentFile;
  readonly machine: NetworkClient;
  /** Port of the seeder. */
  readonly seederPort: number;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    torrent: TorrentFile,
    machine: NetworkClient,
    seederPort: number,
    stack: AsyncDisposableStack,
  ) {
    this.torrent = torrent;
    this.machine = machine;
    this.seederPort = seederPort;
    this.#stack = stack;
  }

  /** Starts the servers of a payload. The tracker knows the seeder over both families. */
  static async start(machine: NetworkClient, payload: Payload): Promise<SwarmHost> {
    await using stack = new AsyncDisposableStack();
    const torrent = writeTorrentFile(payload);
    const words = [process.execPath, program, payload.folder, machine.ip4, machine.ip6];
    const servers = stack.use(await startProcess([...machine.within, ...words]));
    await servers.lineWhere("its servers", (line) => line === "ready" || undefined);
    const place = dhtPlaceOn(machine, []);
    stack.use(await ScriptedNode.start("Troupe", machine, place, torrent.infoHash));
    const seeder = stack.use(
      await Troupe.seed({
        ...{ torrent: torrent.path, folder: payload.folder, within: machine.within },
        usesLocalDiscovery: true,
        arguments: hostsOf(machine).flatMap((host) => [
          "--tracker",
          `http://${host}:${hostPorts.tracker}/announce`,
        ]),
      }),
    );
    const { port } = await seeder.event("listening");
    for (const host of hostsOf(machine)) {
      const { url } = await seeder.event(
        "tracker",
        ({ url, ok }) => ok === true && String(url).includes(host),
      );
      if (url === undefined) throw new Error("bug: a tracker without a URL");
    }
    return new SwarmHost(torrent, machine, Number(port), stack.move());
  }

  /** `HOST:PORT` of the seeder, over IPv4 and IPv6. */
  get peers(): readonly string[] {
    return hostsOf(this.machine).map((host) => `${host}:${this.seederPort}`);
  }

  /** `HOST:PORT` of the DHT node, over IPv4 and IPv6. */
  get nodes(): readonly string[] {
    const { port } = dhtAddress(this.machine, 4);
    return hostsOf(this.machine).map((host) => `${host}:${port}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** The addresses of a machine, as URLs have them. */
export function hostsOf({ ip4, ip6 }: NetworkClient): readonly [ip4: string, ip6: string] {
  return [ip4, `[${ip6}]`];
}
