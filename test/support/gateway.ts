// A home behind a router that maps ports: miniupnpd in a network namespace of its own.
//
//   home 192.168.77.2 ──── 192.168.77.1  router  45.20.1.1 ──── 45.20.1.2 outside
//
// Only what the router has mapped gets in. Needs root, iproute2, nftables and miniupnpd-nftables.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { temporaryFolder, type TemporaryFolder } from "./files/temporary-folder.ts";
import { holdNamespace, within } from "./namespace.ts";
import { runProcess, startProcess, type RunningProcess } from "./programs/process.ts";

/** The home's machine. */
export const homeHost = "192.168.77.2";
/** The router on the internet. */
export const routerHost = "45.20.1.1";
const routerInside = "192.168.77.1";
const outsideHost = "45.20.1.2";

/** A protocol of port mapping. */
export type MappingProtocol = "PCP" | "NAT-PMP" | "UPnP";

/** The chains that miniupnpd fills; without them it refuses every mapping. */
const ownChains = ["miniupnpd", "prerouting_miniupnpd", "postrouting_miniupnpd"];
const rules = `table inet filter {
  ${ownChains.map((chain) => `chain ${chain} { }`).join("\n  ")}
  chain forward {
    type filter hook forward priority 0; policy drop;
    ct state established,related accept; iifname "inside" accept; jump miniupnpd;
  }
  chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
  chain postrouting {
    type nat hook postrouting priority 100; jump postrouting_miniupnpd; oifname "outside" masquerade;
  }
}`;

/** Connects, sends a handshake of the info-hash, and prints the info-hash of the answer. */
const shakeHands = `
const [host, port, infoHash] = process.argv.slice(1);
const head = Buffer.concat([Buffer.from("\\x13BitTorrent protocol", "latin1"), Buffer.alloc(8)]);
const hello = Buffer.concat([head, Buffer.from(infoHash, "hex"), Buffer.alloc(20, "x")]);
const socket = require("node:net").connect(Number(port), host, () => socket.write(hello));
let answer = Buffer.alloc(0);
const end = (text) => { console.log(text); process.exit(); };
socket.on("data", (bytes) => {
  answer = Buffer.concat([answer, bytes]);
  if (answer.length >= 48) end(answer.subarray(28, 48).toString("hex"));
}).on("error", ({ code }) => end(code)).on("close", () => end("closed"));
setTimeout(() => end("silence"), 5_000);
`;

/** The router and the namespaces on both sides of it. */
export class HomeRouter implements AsyncDisposable {
  /** Words before a command that run it at home. */
  readonly home: readonly string[];
  readonly #router: readonly string[];
  readonly #outside: readonly string[];
  readonly #holders: readonly RunningProcess[];
  readonly #folder: TemporaryFolder;
  #daemon: RunningProcess | undefined;

  private constructor(holders: readonly [RunningProcess, RunningProcess, RunningProcess]) {
    const [home, router, outside] = holders;
    this.home = within(home);
    this.#router = within(router);
    this.#outside = within(outside);
    this.#holders = holders;
    this.#folder = temporaryFolder("router");
  }

  /** Starts a router that speaks only this protocol. */
  static async start(protocol: MappingProtocol): Promise<HomeRouter> {
    const holders = [await holdNamespace(), await holdNamespace(), await holdNamespace()] as const;
    const router = new HomeRouter([...holders]);
    const [home, middle, outside] = holders;
    await router.#connect(home, middle, { name: "inside", far: homeHost, near: routerInside });
    await router.#connect(outside, middle, { name: "outside", far: outsideHost, near: routerHost });
    const forward = "echo 1 > /proc/sys/net/ipv4/ip_forward";
    await runProcess([...router.#router, "sh", "-c", forward]);
    await runProcess([...router.#router, "nft", rules], { debianPackage: "nftables" });
    await router.#allowOnly(protocol);
    await router.#startDaemon();
    return router;
  }

  /** Ports that are mapped: `tcp 6881→192.168.77.2:6881`. */
  async mappings(): Promise<readonly string[]> {
    const list = ["nft", "list", "chain", "inet", "filter", "prerouting_miniupnpd"];
    const lines = await runProcess([...this.#router, ...list]);
    return lines
      .flatMap((line) => {
        const found = /(0x6|0x11|tcp|udp) .*dport (\d+) .*dnat ip to ([\d.:]+)/.exec(line);
        if (found === null) return [];
        const [, protocol = "", port, target] = found;
        const transport = protocol === "0x6" || protocol === "tcp" ? "tcp" : "udp";
        return [`${transport} ${port}→${target}`];
      })
      .toSorted();
  }

  /** The router loses its mappings, and starts again. */
  async restart(): Promise<void> {
    await this.#daemon?.stop(0, "SIGKILL");
    for (const chain of ownChains) {
      await runProcess([...this.#router, "nft", "flush", "chain", "inet", "filter", chain]);
    }
    await this.#startDaemon();
  }

  /**
   * Shakes hands with a port of the router, from outside; ten times until the torrent runs.
   * @returns The answer's info-hash, or why there is none.
   */
  async shakeHandsWith(port: number, infoHash: string): Promise<string> {
    const command = [process.execPath, "-e", shakeHands, routerHost, String(port), infoHash];
    for (let tries = 10; ; tries--) {
      const answer = (await runProcess([...this.#outside, ...command])).join();
      if (answer === infoHash || tries === 1) return answer;
      await delay(500);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon?.stop();
    await Promise.all(this.#holders.map((holder) => holder.stop()));
    this.#folder.remove();
  }

  async #connect(
    far: RunningProcess,
    router: RunningProcess,
    line: { readonly name: string; readonly far: string; readonly near: string },
  ): Promise<void> {
    const ends = ["netns", String(far.pid), "type", "veth", "peer", "name", line.name];
    const there = ["netns", String(router.pid)];
    await runProcess(["ip", "link", "add", "eth0", ...ends, ...there], {
      debianPackage: "iproute2",
    });
    for (const [words, device, host] of [
      [within(far), "eth0", line.far],
      [this.#router, line.name, line.near],
    ] as const) {
      await runProcess([...words, "ip", "link", "set", "lo", "up"]);
      await runProcess([...words, "ip", "link", "set", device, "up"]);
      await runProcess([...words, "ip", "address", "add", `${host}/24`, "dev", device]);
    }
    await runProcess([...within(far), "ip", "route", "add", "default", "via", line.near]);
  }

  /** PCP and NAT-PMP share a port; the first byte of a datagram is the version. */
  async #allowOnly(protocol: MappingProtocol): Promise<void> {
    const isDatagram = protocol !== "UPnP";
    const settings = {
      ...{ ext_ifname: "outside", listening_ip: "inside", http_port: 5_000 },
      ...{ enable_upnp: isDatagram ? "no" : "yes", enable_natpmp: isDatagram ? "yes" : "no" },
      ...{ secure_mode: "yes", min_lifetime: 120, max_lifetime: 86_400 },
      uuid: "00000000-0000-0000-0000-000000000001",
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const permission = "allow 1024-65535 192.168.77.0/24 1024-65535";
    writeFileSync(this.#configuration, `${[...lines, permission].join("\n")}\n`);
    if (!isDatagram) return;
    const version = protocol === "PCP" ? 0 : 2;
    const chain = `chain in { type filter hook input priority 0; udp dport 5351 @th,64,8 ${version} drop; }`;
    await runProcess([...this.#router, "nft", `table inet drops { ${chain}; }`]);
  }

  get #configuration(): string {
    return join(this.#folder.path, "miniupnpd.conf");
  }

  async #startDaemon(): Promise<void> {
    const files = ["-f", this.#configuration, "-P", join(this.#folder.path, "pid")];
    const command = [...this.#router, "miniupnpd", "-d", ...files];
    this.#daemon = await startProcess(command, { debianPackage: "miniupnpd-nftables" });
    await this.#daemon.lineWhere("an open port", (line) => /listening/i.test(line) || undefined);
  }
}
