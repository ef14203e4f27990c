// Packets of a download behind real proxies, counted by the kernel: 0 go past the proxy. The network has each channel of a
// torrent: trackers over HTTP and UDP, a web seed, a seeder, a DHT node, the local network, and a gateway.

import { join } from "node:path";
import { writeFileSync } from "node:fs";
import test, { type ExecutionContext } from "ava";
import { assertSameFiles } from "../support/clients/interop.ts";
import { RealProxy, type ProxyName } from "../support/clients/proxies.ts";
import { hostPorts, SwarmHost } from "../support/clients/swarm-host.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writePayload, type Payload } from "../support/files/payload.ts";
import { isLong } from "../support/lanes.ts";
import { longTest } from "../support/long-test.ts";
import { until } from "../support/time/until.ts";
import { Network, type NetworkClient } from "../support/network.ts";

const shape = { name: "payload", pieceLengthBytes: 65_536, files: 4 << 20 };
const login = { user: "ann", password: "se-cret" };
/** A name that the machine of the proxy alone knows. */
const swarmName = "swarm.example";

/** A machine, its proxy, and the machine of the swarm. */
class Scene implements AsyncDisposable {
  readonly ours: NetworkClient;
  readonly between: NetworkClient;
  readonly theirs: NetworkClient;
  readonly payload: Payload;
  readonly host: SwarmHost;
  readonly target: string;
  readonly #folder: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    machines: readonly NetworkClient[],
    files: { readonly payload: Payload; readonly target: string; readonly folder: string },
    host: SwarmHost,
    stack: AsyncDisposableStack,
  ) {
    const [ours, between, theirs] = machines;
    if (ours === undefined || between === undefined || theirs === undefined)
      throw new Error("bug: three machines");
    [this.ours, this.between, this.theirs] = [ours, between, theirs];
    this.payload = files.payload;
    this.target = files.target;
    this.#folder = files.folder;
    this.host = host;
    this.#stack = stack;
  }

  /** The machine of the swarm sends no payload before `letPayload`. */
  static async start(): Promise<Scene> {
    await using stack = new AsyncDisposableStack();
    const [source, target, folder] = ["source", "target", "settings"].map((each) =>
      stack.use(temporaryFolder(`leaks-${each}`)),
    );
    if (source === undefined || target === undefined || folder === undefined)
      throw new Error("bug: three folders");
    const payload = writePayload({ folder: source.path, ...shape });
    const network = stack.use(await Network.of(3));
    const [ours, , theirs] = network.clients;
    if (ours === undefined || theirs === undefined) throw new Error("bug: three machines");
    const host = stack.use(await SwarmHost.start(theirs, payload));
    await theirs.holdPayload();
    // The gateway of the network is the machine that maps ports.
    await ours.run("ip", "route", "replace", "default", "via", theirs.ip4);
    const files = { payload, target: target.path, folder: folder.path };
    return new Scene(network.clients, files, host, stack.move());
  }

  /** @returns Reads the packets that our machine has sent past the proxy, over IPv4 and IPv6. */
  async countPastProxy(): Promise<() => Promise<readonly number[]>> {
    return await this.ours.countSent([
      `oifname != "lo" ip daddr != ${this.between.ip4}`,
      // The kernel itself looks for its neighbours.
      'oifname != "lo" meta nfproto ipv6 meta l4proto != ipv6-icmp',
    ]);
  }

  /** Lets downloads end. */
  async letPayload(): Promise<void> {
    await this.theirs.letPayload();
  }

  async proxy(name: ProxyName, hasLogin = false): Promise<RealProxy> {
    const hosts = { [swarmName]: this.theirs.ip4 };
    return await RealProxy.start(name, this.between, { hosts, ...(hasLogin && { login }) });
  }

  /** Downloads with everything on. The settings file has the proxy. */
  async download(proxy: string, ...words: readonly string[]): Promise<Troupe> {
    const settings = join(this.#folder, "settings.yaml");
    writeFileSync(settings, `proxy: ${JSON.stringify(proxy)}\n`);
    const tracker = `${swarmName}:${hostPorts.tracker}`;
    const numeric = `${this.theirs.ip4}:${hostPorts.tracker}`;
    const trackers = [
      `http://${tracker}/announce`,
      `http://${numeric}/announce`,
      `udp://${tracker}`,
      `udp://${numeric}`,
    ];
    return await Troupe.download({
      ...{ torrent: this.host.torrent.path, folder: this.target, within: this.ours.within },
      ...{ usesLocalDiscovery: true, mapsPort: true, dhtNodes: this.host.nodes },
      arguments: [
        ...[
          "--settings",
          settings,
          "--announce",
          "all",
          "--json-events",
          "tracker,peer,warning,complete",
        ],
        ...trackers.flatMap((url) => ["--tracker", url]),
        ...["--peer", `${this.theirs.ip4}:${this.host.seederPort}`],
        ...words,
      ],
    });
  }

  /** `--web-seed` with the name of the swarm. */
  get webSeed(): readonly string[] {
    return ["--web-seed", `http://${swarmName}:${hostPorts.web}/`];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** The trackers that have answered, in order of their names. */
function answered(download: Troupe): readonly string[] {
  const events = download.all("tracker").filter(({ ok }) => ok === true);
  return [...new Set(events.map(({ url }) => String(url)))].toSorted();
}

/** Settles when a tracker has answered. */
async function answers(download: Troupe, url: string): Promise<void> {
  await download.event("tracker", (event) => event["url"] === url && event["ok"] === true);
}

/** Settles when a tracker has failed with this text. */
async function failed(download: Troupe, url: string, text: string): Promise<void> {
  const isFailure = (event: Readonly<Record<string, unknown>>): boolean =>
    event["url"] === url && event["ok"] === false && String(event["error"]).includes(text);
  await download.event("tracker", isFailure);
}

/** The transports of the connections so far. */
function transports(download: Troupe): readonly string[] {
  const events = download.all("peer").filter(({ connected }) => connected === true);
  return [...new Set(events.map(({ transport }) => String(transport)))];
}

/** Connections so far. */
function connections(download: Troupe): number {
  return download.all("peer").filter(({ connected }) => connected === true).length;
}

/** No line of its output has the password. */
function keepsPassword(t: ExecutionContext, download: Troupe): void {
  t.false(download.tail().includes(login.password));
}

const httpTrackers = (scene: Scene): readonly string[] =>
  [scene.theirs.ip4, swarmName].map((host) => `http://${host}:${hostPorts.tracker}/announce`);
const udpTrackers = (scene: Scene): readonly string[] =>
  [scene.theirs.ip4, swarmName].map((host) => `udp://${host}:${hostPorts.tracker}`);

const proxies = ["dante", "microsocks", "tinyproxy"] as const;

for (const name of isLong ? proxies : proxies.slice(0, 1)) {
  test.serial(`D06: a download by ${name} is complete, and no packet goes past it`, async (t) => {
    await using scene = await Scene.start();
    await using proxy = await scene.proxy(name);
    const pastProxy = await scene.countPastProxy();
    const fromProxy = await scene.between.countSent([
      `ip daddr ${scene.theirs.ip4} udp dport ${hostPorts.node}`,
      `ip daddr ${scene.theirs.ip4} tcp dport ${scene.host.seederPort}`,
    ]);
    // Without UDP and with CONNECT to two ports, tinyproxy leaves web seeds alone.
    const webSeed = name === "tinyproxy" ? scene.webSeed : [];
    await using download = await scene.download(proxy.url(), "--seed", ...webSeed);
    const hasUdp = name === "dante";
    const trackers = [...httpTrackers(scene), ...(hasUdp ? udpTrackers(scene) : [])];
    for (const url of trackers) await answers(download, url);
    const reached = async (): Promise<readonly boolean[]> =>
      (await fromProxy()).map((packets) => packets > 0);
    const due = [hasUdp, name !== "tinyproxy"].join();
    await until("the node and the seeder", async () => (await reached()).join() === due);
    await scene.letPayload();
    await download.event("complete");
    await assertSameFiles(t, scene.payload, scene.target);
    await download.interrupt();
    t.deepEqual(answered(download), trackers);
    t.is((await reached()).join(), due);
    t.deepEqual(await pastProxy(), [0, 0]);
    const warnings = download.all("warning").filter(({ code }) => code === "proxy-limits");
    t.is(warnings.length, 1);
    t.is(String(warnings[0]?.["message"]).includes("no UDP"), !hasUdp);
  });

  longTest(
    `D06: while ${name} is dead nothing is sent, and it is used again once it lives`,
    async (t) => {
      await using scene = await Scene.start();
      const pastProxy = await scene.countPastProxy();
      const url = await (async () => {
        await using proxy = await scene.proxy(name);
        return proxy.url();
      })();
      await using download = await scene.download(url, ...scene.webSeed);
      for (const tracker of httpTrackers(scene))
        await failed(download, tracker, "cannot be reached");
      t.deepEqual(await pastProxy(), [0, 0]);
      await using _again = await scene.proxy(name);
      await scene.letPayload();
      await download.finished();
      await assertSameFiles(t, scene.payload, scene.target);
      t.deepEqual(await pastProxy(), [0, 0]);
    },
  );

  longTest(`D06: ${name} is killed under way, and nothing goes past it`, async (t) => {
    await using scene = await Scene.start();
    await using proxy = await scene.proxy(name);
    const pastProxy = await scene.countPastProxy();
    await using download = await scene.download(proxy.url(), ...scene.webSeed);
    await download.event("peer", ({ connected }) => connected === true);
    await proxy.kill();
    await download.event("peer", ({ connected }) => connected === false);
    await download.interrupt();
    t.deepEqual(await pastProxy(), [0, 0]);
  });
}

longTest(
  "D06: over uTP alone a download by dante is complete, and no packet goes past it",
  async (t) => {
    await using scene = await Scene.start();
    await using proxy = await scene.proxy("dante");
    const pastProxy = await scene.countPastProxy();
    const { seederPort } = scene.host;
    const fromProxy = await scene.between.countSent([
      `ip daddr ${scene.theirs.ip4} tcp dport ${seederPort}`,
      `ip daddr ${scene.theirs.ip4} udp dport ${seederPort}`,
    ]);
    await using download = await scene.download(proxy.url(), "--transport", "utp");
    await scene.letPayload();
    await download.finished();
    await assertSameFiles(t, scene.payload, scene.target);
    t.deepEqual(await pastProxy(), [0, 0]);
    t.deepEqual(transports(download), ["utp"]);
    const [overTcp, overUdp = 0] = await fromProxy();
    t.is(overTcp, 0);
    t.true(overUdp > 100, `${overUdp} datagrams`);
    t.deepEqual(
      download.all("warning").filter(({ code }) => code === "utp-off"),
      [],
    );
  },
);

longTest(
  "D06: over uTP alone dante is killed under way, and used again once it lives: nothing goes past it",
  async (t) => {
    await using scene = await Scene.start();
    const pastProxy = await scene.countPastProxy();
    const proxy = await scene.proxy("dante");
    await using download = await scene.download(proxy.url(), "--transport", "utp");
    await download.event("peer", ({ connected }) => connected === true);
    await proxy[Symbol.asyncDispose]();
    await download.event("peer", ({ connected }) => connected === false);
    t.deepEqual(await pastProxy(), [0, 0]);
    await using _again = await scene.proxy("dante");
    // The seeder may close it as a second one of the same peer: it has not heard that the first one ended.
    await until("the seeder is connected again", async () => connections(download) > 1);
    await download.interrupt();
    t.deepEqual(await pastProxy(), [0, 0]);
    t.deepEqual(transports(download), ["utp"]);
  },
);

longTest(
  "D06: over uTP alone microsocks, which carries no UDP, leaves no peer and the warning utp-off",
  async (t) => {
    await using scene = await Scene.start();
    await using proxy = await scene.proxy("microsocks");
    const pastProxy = await scene.countPastProxy();
    await using download = await scene.download(proxy.url(), "--transport", "utp");
    await download.event("warning", ({ code }) => code === "utp-off");
    for (const tracker of httpTrackers(scene))
      await download.event("tracker", ({ ok, url }) => ok === true && url === tracker);
    await download.interrupt();
    t.deepEqual(transports(download), []);
    t.deepEqual(await pastProxy(), [0, 0]);
  },
);

for (const name of ["microsocks", "tinyproxy"] as const) {
  longTest(`D06: ${name} refuses a wrong password, and nothing goes past it`, async (t) => {
    await using scene = await Scene.start();
    await using proxy = await scene.proxy(name, true);
    const pastProxy = await scene.countPastProxy();
    const wrong = proxy.url({ ...login, password: `${login.password}-not` });
    await using download = await scene.download(wrong, ...scene.webSeed);
    // tinyproxy answers a request of a URL as if it were the server.
    const said = name === "tinyproxy" ? "401" : "refuses the login";
    for (const tracker of httpTrackers(scene)) await failed(download, tracker, said);
    for (const tracker of udpTrackers(scene)) await failed(download, tracker, "the proxy");
    keepsPassword(t, download);
    await download.interrupt();
    t.deepEqual(await pastProxy(), [0, 0]);
  });

  longTest(`D06: ${name} takes the right password`, async (t) => {
    await using scene = await Scene.start();
    await using proxy = await scene.proxy(name, true);
    const pastProxy = await scene.countPastProxy();
    await using download = await scene.download(proxy.url(login), ...scene.webSeed);
    await scene.letPayload();
    await download.finished();
    keepsPassword(t, download);
    t.deepEqual(await pastProxy(), [0, 0]);
  });
}

longTest(
  "D06: with `proxyFor: trackers` the trackers see the proxy, and peers see us",
  async (t) => {
    await using scene = await Scene.start();
    await using proxy = await scene.proxy("dante");
    const [tracker, node] = [hostPorts.tracker, hostPorts.node].map(String);
    const sent = await scene.ours.countSent([
      `th dport ${tracker}`,
      "udp dport 53",
      `tcp dport ${scene.host.seederPort}`,
      `udp dport ${node}`,
    ]);
    const words = ["--proxy-for", "trackers", "--seed"];
    await using download = await scene.download(proxy.url(), ...words);
    const trackers = [...httpTrackers(scene), ...udpTrackers(scene)];
    for (const url of trackers) await answers(download, url);
    await until("the seeder and the node", async () =>
      (await sent()).slice(2).every((packets) => packets > 0),
    );
    await scene.letPayload();
    await download.event("complete");
    await download.interrupt();
    t.deepEqual((await sent()).slice(0, 2), [0, 0]);
    t.deepEqual(answered(download), trackers);
    t.deepEqual(
      download.all("warning").filter(({ code }) => code === "proxy-limits"),
      [],
    );
  },
);

test.serial("D06: without a proxy the same counters see packets of every kind", async (t) => {
  await using scene = await Scene.start();
  const pastProxy = await scene.countPastProxy();
  await using download = await Troupe.download({
    ...{ torrent: scene.host.torrent.path, folder: scene.target, within: scene.ours.within },
    ...{ usesLocalDiscovery: true, dhtNodes: scene.host.nodes },
    arguments: ["--peer", `[${scene.theirs.ip6}]:${scene.host.seederPort}`],
  });
  await scene.letPayload();
  await download.finished();
  const [ip4 = 0, ip6 = 0] = await pastProxy();
  t.true(ip4 > 0 && ip6 > 0);
});
