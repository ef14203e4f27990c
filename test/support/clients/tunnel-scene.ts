// A download whose sockets are bound to the tunnel of its machine, beside a swarm that has each channel of a torrent.

import { fileURLToPath } from "node:url";
import type { ExecutionContext } from "ava";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { writePayload, type Payload } from "../files/payload.ts";
import { Network, type NetworkClient } from "../network.ts";
import { Tunnel, tunnelName } from "../tunnel.ts";
import { hostPorts, SwarmHost } from "./swarm-host.ts";
import { Troupe, type TroupeEvent } from "./troupe.ts";

const shape = { name: "payload", pieceLengthBytes: 65_536, files: 4 << 20 };
/** A name that name servers alone know. */
export const swarmName = "swarm.example";
const namedTracker = `http://${swarmName}:${hostPorts.tracker}/announce`;
const koffi = fileURLToPath(new URL("../../../packages/cli/node_modules/koffi/", import.meta.url));
/** Words that bind everything to the tunnel. */
export const bound = ["--interface", tunnelName];
/** Whether an event tells the answer of a tracker. */
export const isAnswer = ({ ok }: TroupeEvent): boolean => ok === true;

/** Our machine with its tunnel, and the machine of the swarm. */
export class TunnelScene implements AsyncDisposable {
  readonly ours: NetworkClient;
  readonly theirs: NetworkClient;
  readonly tunnel: Tunnel;
  readonly payload: Payload;
  readonly host: SwarmHost;
  readonly target: string;
  readonly settings: string;
  readonly stack: AsyncDisposableStack;

  private constructor(
    machines: readonly NetworkClient[],
    parts: Pick<TunnelScene, "tunnel" | "payload" | "host" | "target" | "settings" | "stack">,
  ) {
    const [ours, theirs] = machines;
    if (ours === undefined || theirs === undefined) throw new Error("bug: two machines");
    [this.ours, this.theirs] = [ours, theirs];
    this.tunnel = parts.tunnel;
    this.payload = parts.payload;
    this.host = parts.host;
    this.target = parts.target;
    this.settings = parts.settings;
    this.stack = parts.stack;
  }

  /** The tunnel is not open. The other machine sends no payload before `letPayload`. */
  static async start(): Promise<TunnelScene> {
    await using stack = new AsyncDisposableStack();
    const [source, target, settings] = ["source", "target", "settings"].map((each) =>
      stack.use(temporaryFolder(`leaks-${each}`)),
    );
    if (source === undefined || target === undefined || settings === undefined)
      throw new Error("bug: three folders");
    const payload = writePayload({ folder: source.path, ...shape });
    const network = stack.use(await Network.of(2));
    const [ours, theirs] = network.clients;
    if (ours === undefined || theirs === undefined) throw new Error("bug: two machines");
    const host = stack.use(await SwarmHost.start(theirs, payload));
    const tunnel = await Tunnel.between(ours, theirs);
    await theirs.holdPayload();
    const folders = { target: target.path, settings: settings.path };
    return new TunnelScene(network.clients, {
      tunnel,
      payload,
      host,
      ...folders,
      stack: stack.move(),
    });
  }

  get trackers(): readonly string[] {
    const { ip4 } = this.theirs;
    return [`http://${ip4}:${hostPorts.tracker}/announce`, `udp://${ip4}:${hostPorts.tracker}`];
  }

  /** Lets a download end. */
  async letPayload(): Promise<void> {
    await this.theirs.letPayload();
  }

  /** Downloads with everything on. */
  async download(words: readonly string[] = [], within: readonly string[] = []): Promise<Troupe> {
    const { ip4 } = this.theirs;
    const found = [
      ...["--web-seed", `http://${ip4}:${hostPorts.web}/`],
      ...this.host.peers.flatMap((peer) => ["--peer", peer]),
    ];
    const channels = { usesLocalDiscovery: true, mapsPort: true, dhtNodes: this.host.nodes };
    return await this.#start([...found, ...words], within, this.trackers, channels);
  }

  /** Downloads with a tracker alone, which it knows by name. */
  async downloadByName(words: readonly string[], within: readonly string[]): Promise<Troupe> {
    return await this.#start(words, within, [namedTracker]);
  }

  async #start(
    words: readonly string[],
    within: readonly string[],
    trackers: readonly string[],
    channels: object = {},
  ): Promise<Troupe> {
    const events = "tracker,peer,why,warning,listening,complete";
    const download = await Troupe.download({
      ...{ torrent: this.host.torrent.path, folder: this.target, ...channels },
      within: [...this.ours.within, ...within],
      arguments: [
        ...["--announce", "all", "--json-events", events],
        ...trackers.flatMap((url) => ["--tracker", url]),
        ...words,
      ],
    });
    return this.stack.use(download);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack.disposeAsync();
  }
}

/** Words before a command that hide `koffi` from it: only the guard holds. */
export const withoutKoffi = [
  ...["unshare", "--mount", "sh", "-c"],
  ...[`mount -t tmpfs none "$0" && exec "$@"`, koffi],
];

/** Asserts that no packet has left by the outer interface. @param count See `Tunnel.countOutside`. */
export async function noneOutside(
  t: ExecutionContext,
  count: () => Promise<readonly number[]>,
): Promise<void> {
  t.deepEqual(await count(), [0, 0, 0, 0]);
}
