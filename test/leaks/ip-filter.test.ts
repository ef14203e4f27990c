// Packets of a start whose IP filter is a list of an address, behind real proxies, counted by the kernel: 0 go past the proxy. The
// proxy alone knows the name of the list's server. The list has the address of the only peer.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { RealProxy, type ProxyName } from "../support/clients/proxies.ts";
import { hostPorts, SwarmHost } from "../support/clients/swarm-host.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writePayload } from "../support/files/payload.ts";
import { Network, type NetworkClient } from "../support/network.ts";

const shape = { name: "payload", pieceLengthBytes: 16_384, files: 100_000 };
const swarmName = "swarm.example";
const list = `http://${swarmName}:${hostPorts.web}/list.txt`;

/** Our machine, that of the proxy, and that of the list and the peer. */
class Scene implements AsyncDisposable {
  readonly ours: NetworkClient;
  readonly between: NetworkClient;
  readonly #host: SwarmHost;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    machines: readonly [NetworkClient, NetworkClient],
    host: SwarmHost,
    stack: AsyncDisposableStack,
  ) {
    [this.ours, this.between] = machines;
    this.#host = host;
    this.#stack = stack;
  }

  static async start(): Promise<Scene> {
    await using stack = new AsyncDisposableStack();
    const source = stack.use(temporaryFolder("leaks-source")).path;
    const payload = writePayload({ folder: source, ...shape });
    const network = stack.use(await Network.of(3));
    const [ours, between, theirs] = network.clients;
    if (ours === undefined || between === undefined || theirs === undefined)
      throw new Error("bug: three machines");
    const host = stack.use(await SwarmHost.start(theirs, payload));
    writeFileSync(join(source, "list.txt"), `8.0.0.1\n${theirs.ip4}\n`);
    return new Scene([ours, between], host, stack.move());
  }

  async proxy(name: ProxyName): Promise<RealProxy> {
    const hosts = { [swarmName]: this.#host.machine.ip4 };
    return this.#stack.use(await RealProxy.start(name, this.between, { hosts }));
  }

  /** @returns Reads the packets that our machine has sent past the proxy, over IPv4 and IPv6. */
  async countPastProxy(): Promise<() => Promise<readonly number[]>> {
    return await this.ours.countSent([
      `oifname != "lo" ip daddr != ${this.between.ip4}`,
      // The kernel itself looks for its neighbours.
      'oifname != "lo" meta nfproto ipv6 meta l4proto != ipv6-icmp',
    ]);
  }

  folder(): string {
    return this.#stack.use(temporaryFolder("leaks-state")).path;
  }

  /** Downloads from the peer that the list refuses. */
  async download(proxy: string, state: string): Promise<Troupe> {
    const [peer = ""] = this.#host.peers;
    const download = await Troupe.download({
      ...{ torrent: this.#host.torrent.path, folder: this.folder(), state },
      within: this.ours.within,
      arguments: [
        ...["--proxy", proxy, "--ip-filter", list, "--peer", peer],
        ...["--json-events", "ip-filter,peer,warning,error"],
      ],
    });
    return this.#stack.use(download);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

for (const name of ["dante", "microsocks", "tinyproxy"] as const) {
  test.serial(
    `D09: the list of an address comes by ${name}; the kept list holds while that is dead, and nothing goes past it`,
    async (t) => {
      await using scene = await Scene.start();
      const pastProxy = await scene.countPastProxy();
      const proxy = await scene.proxy(name);
      const url = proxy.url();
      const state = scene.folder();

      const first = await scene.download(url, state);
      t.like(await first.event("ip-filter"), { path: list, ranges: 2, skippedLines: 0 });
      await first.event("warning", ({ code }) => code === "peer-ip-filtered");
      await first.interrupt();
      await proxy.kill();

      const second = await scene.download(url, state);
      t.like(await second.event("ip-filter"), { path: list, ranges: 2 });
      const { message } = await second.event(
        "warning",
        ({ code }) => code === "ip-filter-not-updated",
      );
      t.true(String(message).includes(list), String(message));
      await second.event("warning", ({ code }) => code === "peer-ip-filtered");
      await second.interrupt();
      t.deepEqual([...first.all("peer"), ...second.all("peer")], []);

      const without = await scene.download(url, scene.folder());
      t.not((await without.ended()).status, 0);
      t.true(without.tail().includes("[ip-filter-unreadable]"), without.tail());
      t.deepEqual(await pastProxy(), [0, 0]);
    },
  );
}
