// Packets of a download whose sockets are bound to an interface, counted by the kernel: 0 leave by the outer interface, while
// the bound one goes in each way that a tunnel goes. Trackers, a web seed, a seeder, a DHT node, the local network and a gateway
// are there, as for proxies.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { assertSameFiles } from "../support/clients/interop.ts";
import { startNameServer } from "../support/clients/name-server.ts";
import { hostPorts, SwarmHost } from "../support/clients/swarm-host.ts";
import { Troupe, type TroupeEvent } from "../support/clients/troupe.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writePayload, type Payload } from "../support/files/payload.ts";
import { Network, type NetworkClient } from "../support/network.ts";
import { startProcess, type RunningProcess } from "../support/programs/process.ts";
import { Tunnel, tunnelName } from "../support/tunnel.ts";

const shape = { name: "payload", pieceLengthBytes: 65_536, files: 4 << 20 };
/** Slow enough for the interface to go under way. */
const slowly = ["--down", "300k"];
const stub = "127.0.0.53";
/** Our machine reaches it by the outer interface alone. */
const outerServer = "45.10.2.53";
/** A name that name servers alone know. */
const swarmName = "swarm.example";
const namedTracker = `http://${swarmName}:${hostPorts.tracker}/announce`;
const koffi = fileURLToPath(new URL("../../packages/cli/node_modules/koffi/", import.meta.url));
/** Announces follow a return within this time. */
const returnMs = 5_000;

/** Our machine with its tunnel, and the machine of the swarm. */
class Scene implements AsyncDisposable {
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
    parts: Pick<Scene, "tunnel" | "payload" | "host" | "target" | "settings" | "stack">,
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

  /** The tunnel is not open. */
  static async start(): Promise<Scene> {
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
    const folders = { target: target.path, settings: settings.path };
    return new Scene(network.clients, { tunnel, payload, host, ...folders, stack: stack.move() });
  }

  get trackers(): readonly string[] {
    const { ip4 } = this.theirs;
    return [`http://${ip4}:${hostPorts.tracker}/announce`, `udp://${ip4}:${hostPorts.tracker}`];
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

const bound = ["--interface", tunnelName];

/** Words before a command that hide a folder from it. */
function without(folder: string): readonly string[] {
  const script = `mount -t tmpfs none "$0" && exec "$@"`;
  return ["unshare", "--mount", "sh", "-c", script, folder];
}

/** Words before a command whose system asks this name server. */
function askingAt(server: string, scene: Scene): readonly string[] {
  const file = join(scene.settings, "resolv.conf");
  writeFileSync(file, `nameserver ${server}\n`);
  const script = `mount --bind "$0" /etc/resolv.conf && exec "$@"`;
  return ["unshare", "--mount", "sh", "-c", script, file];
}

const isDown = ({ code }: TroupeEvent): boolean => code === "interface-down";
const isAnswer = ({ ok }: TroupeEvent): boolean => ok === true;

/** Settles when trackers answer that have not answered before this call. */
async function answersAgain(download: Troupe, deadlineMs?: number): Promise<void> {
  const before = download.all("tracker").filter(isAnswer).length;
  let seen = 0;
  await download.event("tracker", (event) => isAnswer(event) && ++seen > before, deadlineMs);
}

async function noneOutside(
  t: ExecutionContext,
  count: () => Promise<readonly number[]>,
): Promise<void> {
  t.deepEqual(await count(), [0, 0, 0, 0]);
}

test.serial(
  "D08: a download over an interface is complete, and no packet leaves by another",
  async (t) => {
    await using scene = await Scene.start();
    await scene.tunnel.open();
    const outside = await scene.tunnel.countOutside();
    const download = await scene.download([...bound, ...slowly]);
    const { bound: hold } = await download.event("listening");
    t.is(hold, "device");
    for (const tracker of scene.trackers)
      await download.event("tracker", (event) => isAnswer(event) && event["url"] === tracker);
    await download.finished();
    await assertSameFiles(t, scene.payload, scene.target);
    await noneOutside(t, outside);
  },
);

for (const [what, goes, returns] of [
  ["the link goes down", (tunnel: Tunnel) => tunnel.down(), (tunnel: Tunnel) => tunnel.up()],
  [
    "the address is removed, and another one comes",
    (tunnel: Tunnel) => tunnel.removeAddresses(),
    async (tunnel: Tunnel) => {
      await tunnel.addAddresses(3);
      await tunnel.addRoutes();
    },
  ],
] as const) {
  test.serial(
    `D08: ${what}: nothing leaves elsewhere, and trackers hear of the return`,
    async (t) => {
      await using scene = await Scene.start();
      await scene.tunnel.open();
      const outside = await scene.tunnel.countOutside();
      const download = await scene.download([...bound, ...slowly]);
      await download.event("tracker", isAnswer);
      await download.event("peer", ({ connected }) => connected === true);
      await goes(scene.tunnel);
      await download.event("why", isDown, 2_000);
      await noneOutside(t, outside);
      const again = answersAgain(download, returnMs);
      await returns(scene.tunnel);
      await again;
      await download.finished();
      await assertSameFiles(t, scene.payload, scene.target);
      await noneOutside(t, outside);
    },
  );
}

test.serial(
  "D08: the route is removed and the address stays: a bound socket sends nothing elsewhere",
  async (t) => {
    await using scene = await Scene.start();
    await scene.tunnel.open();
    const outside = await scene.tunnel.countOutside();
    const download = await scene.download([...bound, ...slowly]);
    await download.event("peer", ({ connected }) => connected === true);
    await scene.tunnel.removeRoutes();
    await answersAgain(download, 15_000).catch(() => undefined);
    await noneOutside(t, outside);
  },
);

test.serial(
  "D08: without koffi the guard closes every socket when the route is removed",
  async (t) => {
    await using scene = await Scene.start();
    await scene.tunnel.open();
    const outside = await scene.tunnel.countOutside();
    const download = await scene.download([...bound, ...slowly], without(koffi));
    const { bound: hold } = await download.event("listening");
    t.is(hold, "guard");
    await download.event("tracker", isAnswer);
    await download.event("peer", ({ connected }) => connected === true);
    await noneOutside(t, outside);
    await scene.tunnel.removeRoutes();
    await download.event("why", isDown, 2_000);
    const left = await outside();
    t.log(`${left.join(", ")} packets left before the sockets were closed`);
    await download
      .event("peer", ({ connected }) => connected === true, 5_000)
      .catch(() => undefined);
    t.deepEqual(await outside(), left);
    const again = answersAgain(download, returnMs);
    await scene.tunnel.addRoutes();
    await again;
    await download.finished();
    t.deepEqual(await outside(), left);
  },
);

test.serial("D08: an interface that is absent at the start is waited for", async (t) => {
  await using scene = await Scene.start();
  const outside = await scene.tunnel.countOutside();
  const download = await scene.download([...bound, ...slowly]);
  await download.event("why", isDown);
  await noneOutside(t, outside);
  const again = answersAgain(download, returnMs);
  await scene.tunnel.open();
  await again;
  await download.finished();
  await assertSameFiles(t, scene.payload, scene.target);
  await noneOutside(t, outside);
});

/** Name servers of the swarm, one reached by the outer interface alone, and a stub that forwards to that. */
async function startNames(scene: Scene): Promise<RunningProcess> {
  const names = { [swarmName]: scene.theirs.ip4 };
  await scene.theirs.run("ip", "address", "add", `${outerServer}/32`, "dev", "eth0");
  await scene.ours.run("ip", "route", "add", outerServer, "dev", "eth0");
  const { within } = scene.theirs;
  scene.stack.use(await startNameServer({ within, ip4: outerServer }, names));
  scene.stack.use(await startNameServer(scene.theirs, names));
  const program = fileURLToPath(new URL("../support/clients/dns-stub.program.ts", import.meta.url));
  const words = [process.execPath, program, stub, outerServer];
  const started = scene.stack.use(await startProcess([...scene.ours.within, ...words]));
  await started.lineWhere("a stub", (line) => line === "ready" || undefined);
  return started;
}

test.serial(
  "D08: a name server of this machine is not asked, one that the interface reaches is",
  async (t) => {
    await using scene = await Scene.start();
    await scene.tunnel.open();
    const asked = await startNames(scene);
    const outside = await scene.tunnel.countOutside();
    const within = askingAt(stub, scene);
    const waiting = await scene.downloadByName(bound, within);
    const { message } = await waiting.event("why", ({ code }) => code === "dns-not-bound");
    t.true(String(message).includes("--dns"));
    await waiting.interrupt();
    const told = await scene.downloadByName([...bound, "--dns", scene.theirs.ip4], within);
    await told.finished();
    t.false(asked.lines.includes("asked"));
    await noneOutside(t, outside);
  },
);

test.serial(
  "D08: without an interface the stub asks by the outer one, and the counters see it",
  async (t) => {
    await using scene = await Scene.start();
    await scene.tunnel.open();
    const asked = await startNames(scene);
    const outside = await scene.tunnel.countOutside();
    const download = await scene.downloadByName([], askingAt(stub, scene));
    await download.event("tracker", isAnswer);
    t.true(asked.lines.includes("asked"));
    const [, udp = 0] = await outside();
    t.true(udp > 0);
  },
);

test.serial("D08: --interface-strict starts nothing where only the guard holds", async (t) => {
  await using scene = await Scene.start();
  await scene.tunnel.open();
  const outside = await scene.tunnel.countOutside();
  const refused = await scene.download([...bound, "--interface-strict"], without(koffi));
  const { status } = await refused.ended();
  t.not(status, 0);
  t.true(refused.tail().includes("[interface-only-guarded]"));
  await noneOutside(t, outside);
  const bySystem = await scene.download([...bound, "--interface-strict"]);
  await bySystem.finished();
  await noneOutside(t, outside);
});
