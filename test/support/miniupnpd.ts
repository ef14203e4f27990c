// A gateway that maps ports: miniupnpd of Debian on a machine with two interfaces. Needs root, nftables and miniupnpd-nftables.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder, type TemporaryFolder } from "./files/temporary-folder.ts";
import { runProcess, startProcess, type RunningProcess } from "./programs/process.ts";

/** A protocol of port mapping. */
export type MappingProtocol = "PCP" | "NAT-PMP" | "UPnP";

/** The machine of the gateway. */
export interface GatewayPlace {
  /** Words before a command that run it on the machine. */
  readonly within: readonly string[];
  /** The interface whose hosts may ask for a mapping. */
  readonly inside: string;
  /** The interface whose ports are mapped. */
  readonly outside: string;
  /** The hosts that may ask, as a prefix: `192.168.77.0/24`. */
  readonly clients: string;
}

/** The chains that miniupnpd fills; without them it refuses every mapping. */
const ownChains = ["miniupnpd", "prerouting_miniupnpd", "postrouting_miniupnpd"];

/** A running gateway, and its mappings. */
export class Miniupnpd implements AsyncDisposable {
  readonly #place: GatewayPlace;
  readonly #folder: TemporaryFolder;
  #daemon: RunningProcess | undefined;

  private constructor(place: GatewayPlace) {
    this.#place = place;
    this.#folder = temporaryFolder("miniupnpd");
  }

  /** Starts a gateway that speaks only this protocol. */
  static async start(place: GatewayPlace, protocol: MappingProtocol): Promise<Miniupnpd> {
    const gateway = new Miniupnpd(place);
    await gateway.#run("nft", rulesOf(place));
    await gateway.#allowOnly(protocol);
    await gateway.#startDaemon();
    return gateway;
  }

  /** Ports that are mapped: `tcp 6881→192.168.77.2:6881`. */
  async mappings(): Promise<readonly string[]> {
    const lines = await this.#run("nft", "list", "chain", "inet", "filter", "prerouting_miniupnpd");
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

  /** Seconds since the start of the gateway. */
  async seconds(): Promise<number> {
    const pid = String(this.#daemon?.pid);
    return Number((await runProcess(["ps", "-o", "etimes=", "-p", pid])).join(""));
  }

  /** The gateway loses its mappings, and starts again. */
  async restart(): Promise<void> {
    await this.#daemon?.stop(0, "SIGKILL");
    for (const chain of ownChains) {
      await this.#run("nft", "flush", "chain", "inet", "filter", chain);
    }
    await this.#startDaemon();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon?.stop();
    this.#folder.remove();
  }

  async #run(...command: readonly string[]): Promise<readonly string[]> {
    return await runProcess([...this.#place.within, ...command], { debianPackage: "nftables" });
  }

  /** PCP and NAT-PMP share a port; the first byte of a datagram is the version. */
  async #allowOnly(protocol: MappingProtocol): Promise<void> {
    const { clients, inside, outside } = this.#place;
    const isDatagram = protocol !== "UPnP";
    const settings = {
      ...{ ext_ifname: outside, listening_ip: inside, http_port: 5_000 },
      ...{ enable_upnp: isDatagram ? "no" : "yes", enable_natpmp: isDatagram ? "yes" : "no" },
      ...{ secure_mode: "yes", min_lifetime: 120, max_lifetime: 86_400 },
      uuid: "00000000-0000-0000-0000-000000000001",
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const permission = `allow 1024-65535 ${clients} 1024-65535`;
    writeFileSync(this.#configuration, `${[...lines, permission].join("\n")}\n`);
    if (!isDatagram) return;
    const version = protocol === "PCP" ? 0 : 2;
    const chain = `chain in { type filter hook input priority 0; udp dport 5351 @th,64,8 ${version} drop; }`;
    await this.#run("nft", `table inet versions { ${chain}; }`);
  }

  get #configuration(): string {
    return join(this.#folder.path, "miniupnpd.conf");
  }

  async #startDaemon(): Promise<void> {
    const files = ["-f", this.#configuration, "-P", join(this.#folder.path, "pid")];
    const command = [...this.#place.within, "miniupnpd", "-d", ...files];
    this.#daemon = await startProcess(command, { debianPackage: "miniupnpd-nftables" });
    await this.#daemon.lineWhere("an open port", (line) => /listening/i.test(line) || undefined);
  }
}

/** Forwards from inside to outside, and back what has a mapping or belongs to a connection. */
function rulesOf({ inside, outside }: GatewayPlace): string {
  return `table inet filter {
  ${ownChains.map((chain) => `chain ${chain} { }`).join("\n  ")}
  chain forward {
    type filter hook forward priority 0; policy drop;
    ct state established,related accept; iifname "${inside}" accept; jump miniupnpd;
  }
  chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
  chain postrouting {
    type nat hook postrouting priority 100; jump postrouting_miniupnpd; oifname "${outside}" masquerade;
  }
}`;
}
