// A network of its own for tests with real clients: one namespace a client, joined by a bridge in another namespace.
//
//   client 1  45.10.1.1/8, 2a10:0:0:1::1/32  ── veth ──┐
//   client 2  45.10.2.1/8, 2a10:0:0:2::1/32  ── veth ──┴── bridge
//
// All addresses are of the internet, as clients refuse to dial loopback or trust it more. Each namespace lives as long as
// a process in it, which dies with this one: nothing is left behind. Needs root, iproute2, and nftables for drops.

import { holdNamespace, within } from "./namespace.ts";
import { runProcess, type RunningProcess } from "./programs/process.ts";

const iproute = { debianPackage: "iproute2" };

/** Begin of all IPv4 addresses: of the internet, or private. */
export type Prefix = "45.10" | "10.90";

/** Packets, and their bytes with the headers of IP and TCP. */
interface PacketCount {
  readonly packets: number;
  readonly bytes: number;
}

/** The packets of a stream, from the side of a machine. */
interface StreamCounts {
  readonly received: PacketCount;
  readonly sent: PacketCount;
}

/** One machine of the network. */
export class NetworkClient {
  readonly ip4: string;
  readonly ip6: string;
  /** Words before a command that runs it on this machine. */
  readonly within: readonly string[];
  /** A process of this machine, which names its network namespace. */
  readonly pid: number;
  readonly #port: string;
  readonly #hub: readonly string[];
  /** Tables of counters so far. */
  #tables = 0;

  constructor(number: number, prefix: Prefix, holder: RunningProcess, hub: readonly string[]) {
    this.ip4 = `${prefix}.${number}.1`;
    this.ip6 = `2a10:0:0:${number}::1`;
    this.within = within(holder);
    this.pid = holder.pid;
    this.#port = portOf(number);
    this.#hub = hub;
  }

  /** Runs a command on this machine to its end. */
  async run(...command: readonly string[]): Promise<readonly string[]> {
    return await runProcess([...this.within, ...command]);
  }

  /** Limits the line of this machine, each way. @param megabits A second. @param queueMs Longest wait of a packet. */
  async limitLine(megabits: number, queueMs = 200): Promise<void> {
    const words = ["tc", "qdisc", "replace", "dev", "eth0"];
    await this.run(...words, ...bucket(megabits, queueMs));
    await this.limitArrivals(megabits, queueMs);
  }

  /**
   * Limits what arrives at this machine. The queue is in the router, so that it fills: in its own machine a sender is
   * held back before.
   */
  async limitArrivals(megabits: number, queueMs = 200): Promise<void> {
    const words = ["tc", "qdisc", "replace", "dev", this.#port];
    await runProcess([...this.#hub, ...words, ...bucket(megabits, queueMs)]);
  }

  /**
   * Drops packets that arrive at this machine.
   *
   * @param match An nft expression: `udp dport 6881`, `ip saddr 45.10.2.1`. Every packet by default.
   */
  async drop(match = ""): Promise<void> {
    const rules = `table inet drops { chain in { type filter hook input priority 0; ${match} drop; }; }`;
    await runProcess([...this.within, "nft", rules], { debianPackage: "nftables" });
  }

  /** Counts packets that this machine sends from now on. @param matches See `drop`. @returns Reads a count each. */
  async countSent(matches: readonly string[]): Promise<() => Promise<readonly number[]>> {
    const table = `counts${++this.#tables}`;
    const counters = matches.map((_, i) => `counter sent${i} { };`).join(" ");
    const rules = matches.map((match, i) => `${match} counter name sent${i};`).join(" ");
    const chain = `chain out { type filter hook output priority 0; ${rules} }`;
    await this.run("nft", `table inet ${table} { ${counters} ${chain}; }`);
    return async () => {
      const lines = await this.run("nft", "list", "counters", "table", "inet", table);
      return Array.from(lines.join("\n").matchAll(/packets (\d+)/g), ([, count]) => Number(count));
    };
  }

  /** Counts the packets that this machine exchanges with a TCP port of another from now on. @returns Reads the counts. */
  async countStream(host: string, port: number): Promise<() => Promise<StreamCounts>> {
    const chain = (way: keyof StreamCounts, hook: string, side: "s" | "d"): string =>
      `chain ${hook} { type filter hook ${hook} priority 0; ip ${side}addr ${host} tcp ${side}port ${port} counter name ${way}; };`;
    const chains = `${chain("received", "input", "s")} ${chain("sent", "output", "d")}`;
    const counters = "counter received { }; counter sent { };";
    await this.run("nft", `table inet stream { ${counters} ${chains} }`);
    return async () => {
      const lines = await this.run("nft", "--json", "list", "counters", "table", "inet", "stream");
      const { nftables } = JSON.parse(lines.join("")) as {
        readonly nftables: readonly {
          readonly counter?: PacketCount & { readonly name: string };
        }[];
      };
      const countOf = (way: keyof StreamCounts): PacketCount =>
        nftables.find(({ counter }) => counter?.name === way)?.counter ?? { bytes: 0, packets: 0 };
      return { received: countOf("received"), sent: countOf("sent") };
    };
  }

  /** Lets all packets through again. */
  async dropNothing(): Promise<void> {
    await this.run("nft", "delete", "table", "inet", "drops");
  }

  /**
   * Closes a door before the payload that this machine sends: it sends no long packet of TCP and of uTP. Handshakes and short messages
   * pass, and no block does. What was not sent is sent when the door is open.
   */
  async holdPayload(): Promise<void> {
    const rules = ["tcp meta length > 1400", "udp meta length > 900"].map(
      (long) => `oifname != "lo" meta l4proto ${long} drop;`,
    );
    const chain = `chain out { type filter hook output priority 0; ${rules.join(" ")} }`;
    await this.run("nft", `table inet payload { ${chain}; }`);
  }

  /** Opens the door of {@link holdPayload}. */
  async letPayload(): Promise<void> {
    await this.run("nft", "delete", "table", "inet", "payload");
  }
}

/** The bridge and its clients. */
export class Network implements AsyncDisposable {
  readonly clients: readonly NetworkClient[];
  readonly #holders: readonly RunningProcess[];

  private constructor(clients: readonly NetworkClient[], holders: readonly RunningProcess[]) {
    this.clients = clients;
    this.#holders = holders;
  }

  /** Makes a network of `count` machines, at most 250, that reach each other over IPv4 and IPv6. */
  static async of(count: number, prefix: Prefix = "45.10"): Promise<Network> {
    const hub = await holdNamespace();
    const hubWords = within(hub);
    await runProcess([...hubWords, "ip", "link", "add", "bridge", "type", "bridge"], iproute);
    await runProcess([...hubWords, "ip", "link", "set", "bridge", "up"]);
    const holders = [hub];
    const clients: NetworkClient[] = [];
    for (let number = 1; number <= count; number++) {
      const holder = await holdNamespace();
      holders.push(holder);
      const client = new NetworkClient(number, prefix, holder, hubWords);
      clients.push(client);
      await join(client, number, holder, hub);
    }
    return new Network(clients, holders);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#holders.map((holder) => holder.stop()));
  }
}

async function join(
  client: NetworkClient,
  number: number,
  holder: RunningProcess,
  hub: RunningProcess,
): Promise<void> {
  const port = portOf(number);
  const ends = ["netns", String(holder.pid), "type", "veth", "peer", "name", port];
  const hubWords = within(hub);
  await runProcess(["ip", "link", "add", "eth0", ...ends, "netns", String(hub.pid)], iproute);
  await runProcess([...hubWords, "ip", "link", "set", port, "master", "bridge", "up"]);
  await client.run("ip", "link", "set", "lo", "up");
  await client.run("ip", "link", "set", "eth0", "up");
  await client.run("ip", "address", "add", `${client.ip4}/8`, "dev", "eth0");
  await client.run("ip", "address", "add", `${client.ip6}/32`, "dev", "eth0", "nodad");
  await client.run("ip", "route", "add", "default", "dev", "eth0");
  await client.run("ip", "-6", "route", "add", "default", "dev", "eth0");
}

/** The bridge's end of a client's line. */
function portOf(number: number): string {
  return `port${number}`;
}

/** A line as `tc` describes it. */
function bucket(megabits: number, queueMs: number): readonly string[] {
  const size = ["burst", "64kb", "latency", `${queueMs}ms`];
  return ["root", "tbf", "rate", `${megabits}mbit`, ...size];
}
