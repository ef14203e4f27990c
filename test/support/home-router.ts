// A machine behind a home router: the router is a machine of a network, and masquerades. Needs nftables.
//
//   inside  192.168.7.2/24  ── veth ──  192.168.7.1  router  45.10.1.1

import { holdNamespace, within } from "./namespace.ts";
import type { NetworkClient } from "./network.ts";
import { runProcess, type RunningProcess } from "./programs/process.ts";

/** Packets from outside that no packet from inside has asked for are dropped, as home routers do. */
const rules = `table ip home {
  chain leave { type nat hook postrouting priority 100; oifname "eth0" masquerade; };
  chain enter { type filter hook input priority 0; iifname "eth0" ct state new drop; };
}`;

/** The machine behind a router. */
export class HomeMachine implements AsyncDisposable {
  readonly ip4 = "192.168.7.2";
  /** Words before a command that runs it on this machine. */
  readonly within: readonly string[];
  readonly #holder: RunningProcess;

  private constructor(holder: RunningProcess) {
    this.#holder = holder;
    this.within = within(holder);
  }

  /** Makes a router of a machine of a network, and a machine behind it. */
  static async behind(router: NetworkClient): Promise<HomeMachine> {
    const home = new HomeMachine(await holdNamespace());
    await home.#join(router);
    return home;
  }

  async #join(router: NetworkClient): Promise<void> {
    const ends = ["home", "type", "veth", "peer", "name", "eth0", "netns"];
    await router.run("ip", "link", "add", ...ends, String(this.#holder.pid));
    await router.run("ip", "address", "add", "192.168.7.1/24", "dev", "home");
    await router.run("ip", "link", "set", "home", "up");
    await router.run("sysctl", "--quiet", "--write", "net.ipv4.ip_forward=1");
    await router.run("nft", rules);
    const inside = (...words: readonly string[]) => runProcess([...this.within, "ip", ...words]);
    await inside("link", "set", "lo", "up");
    await inside("link", "set", "eth0", "up");
    await inside("address", "add", `${this.ip4}/24`, "dev", "eth0");
    await inside("route", "add", "default", "via", "192.168.7.1");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#holder.stop();
  }
}
