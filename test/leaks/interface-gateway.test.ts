// The gateway of a tunnel maps our port: miniupnpd at its other end. The questions leave by the tunnel alone, and the gateway of the
// outer interface hears nothing. The kernel counts the packets.

import test, { type ExecutionContext } from "ava";
import { Troupe } from "../support/clients/troupe.ts";
import { bound, noneOutside, withoutKoffi } from "../support/clients/tunnel-scene.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writePayload } from "../support/files/payload.ts";
import { writeTorrentFile, type TorrentFile } from "../support/files/torrent-file.ts";
import { Miniupnpd, type MappingProtocol } from "../support/miniupnpd.ts";
import { Network, type NetworkClient } from "../support/network.ts";
import { until } from "../support/time/until.ts";
import { Tunnel, tunnelName } from "../support/tunnel.ts";

/** The last number of our address in the tunnel. */
const number = 2;
/** An address of the outer gateway in the network of our outer interface. */
const outerGateway = "45.10.1.254";
const shape = { name: "payload", pieceLengthBytes: 16_384, files: 100_000 };
const mappingPort = 5_351;

/** Our machine with a tunnel and an outer gateway, and a payload to seed. */
class Scene implements AsyncDisposable {
  readonly ours: NetworkClient;
  readonly theirs: NetworkClient;
  readonly tunnel: Tunnel;
  readonly #torrent: TorrentFile;
  readonly #folder: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    machines: { readonly ours: NetworkClient; readonly theirs: NetworkClient },
    parts: { readonly tunnel: Tunnel; readonly torrent: TorrentFile; readonly folder: string },
    stack: AsyncDisposableStack,
  ) {
    this.ours = machines.ours;
    this.theirs = machines.theirs;
    this.tunnel = parts.tunnel;
    this.#torrent = parts.torrent;
    this.#folder = parts.folder;
    this.#stack = stack;
  }

  static async start(): Promise<Scene> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(temporaryFolder("leaks-gateway")).path;
    const torrent = writeTorrentFile(writePayload({ folder, ...shape }), []);
    const network = stack.use(await Network.of(3));
    const [ours, theirs, outer] = network.clients;
    if (ours === undefined || theirs === undefined || outer === undefined)
      throw new Error("bug: three machines");
    // Gateways of providers have private addresses, and miniupnpd listens at no other.
    const tunnel = await Tunnel.between(ours, theirs, "10.2.0");
    await outer.run("ip", "address", "add", `${outerGateway}/8`, "dev", "eth0");
    const route = ["default", "via", outerGateway, "dev", "eth0", "metric", "500"];
    await ours.run("ip", "route", "replace", ...route);
    await tunnel.open(number);
    return new Scene({ ours, theirs }, { tunnel, torrent, folder }, stack.move());
  }

  /** Starts the gateway at the other end of the tunnel. */
  async gateway(protocol: MappingProtocol): Promise<Miniupnpd> {
    const lines = { inside: tunnelName, outside: "eth0", clients: this.tunnel.network };
    const place = { within: this.theirs.within, ...lines };
    return this.#stack.use(await Miniupnpd.start(place, protocol));
  }

  /** @returns Reads the questions of PCP and NAT-PMP: by the tunnel to its gateway, by it to others, and past it. */
  async countQuestions(): Promise<() => Promise<readonly number[]>> {
    const { gateway } = this.tunnel;
    const asks = `udp dport ${mappingPort}`;
    return await this.ours.countSent([
      `oifname "${tunnelName}" ip daddr ${gateway} ${asks}`,
      `oifname "${tunnelName}" ip daddr != ${gateway} ${asks}`,
      `oifname != "${tunnelName}" ${asks}`,
    ]);
  }

  async seed(words: readonly string[], within: readonly string[] = []): Promise<Troupe> {
    const seeder = await Troupe.seed({
      ...{ torrent: this.#torrent.path, folder: this.#folder, mapsPort: true },
      within: [...this.ours.within, ...within],
      arguments: ["--no-trackers", ...words],
    });
    return this.#stack.use(seeder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** Seeds until the gateway has mapped the port, and ends. */
async function mapsPort(
  t: ExecutionContext,
  scene: Scene,
  protocol: MappingProtocol,
  within: readonly string[] = [],
): Promise<void> {
  const gateway = await scene.gateway(protocol);
  const outside = await scene.tunnel.countOutside();
  const questions = await scene.countQuestions();
  const seeder = await scene.seed(bound, within);
  const { port, externalAddress } = await seeder.mapped();
  t.is(externalAddress, scene.theirs.ip4);
  const [ourHost] = scene.tunnel.hostsAt(number);
  const due = ["tcp", "udp"].map((transport) => `${transport} ${port}→${ourHost}:${port}`);
  // The mapping of UDP comes after that of TCP.
  await until("both are mapped", async () => (await gateway.mappings()).length === due.length);
  t.deepEqual(await gateway.mappings(), due);
  await seeder.interrupt();
  // The seeder does not wait for a gateway that is slow to answer.
  await until("nothing is mapped", async () => (await gateway.mappings()).length === 0);
  const [asked = 0, ...others] = await questions();
  t.true(asked >= 2 * due.length, `${asked} questions`);
  t.deepEqual(others, [0, 0]);
  await noneOutside(t, outside);
}

for (const protocol of ["PCP", "NAT-PMP"] as const) {
  test.serial(
    `D08: the gateway of the tunnel's route maps our port by ${protocol}, and nothing leaves elsewhere`,
    async (t) => {
      await using scene = await Scene.start();
      await scene.tunnel.routeBy(scene.tunnel.gateway);
      await mapsPort(t, scene, protocol);
    },
  );

  test.serial(
    `D08: the first address of a tunnel without a gateway maps our port by ${protocol}, and nothing leaves elsewhere`,
    async (t) => {
      await using scene = await Scene.start();
      await scene.tunnel.routeBy(undefined);
      await mapsPort(t, scene, protocol);
    },
  );
}

test.serial(
  "D08: with the guard alone a tunnel of one address has its port mapped at the first of the 256 around it",
  async (t) => {
    await using scene = await Scene.start();
    await scene.tunnel.removeAddresses();
    await scene.tunnel.addAddress(scene.tunnel.hostsAt(number)[0], 32);
    await scene.tunnel.routeBy(undefined);
    await mapsPort(t, scene, "NAT-PMP", withoutKoffi);
  },
);

test.serial(
  "D08: without an interface the outer gateway is asked, and the counters see it",
  async (t) => {
    await using scene = await Scene.start();
    await scene.tunnel.routeBy(undefined);
    const questions = await scene.countQuestions();
    await scene.seed([]);
    await until("the outer gateway is asked", async () => ((await questions())[2] ?? 0) > 0);
    const [asked] = await questions();
    t.is(asked, 0);
  },
);
