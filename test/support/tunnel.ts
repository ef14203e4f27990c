// A tunnel between two machines of a test network, beside their lines to the bridge: both lead to the internet, the tunnel first.
//
//   ours  tun0 46.1.0.2/24, 2a11::2/64 ── veth ── tun0 46.1.0.1/24, 2a11::1/64  theirs, which is the gateway
//   ours  eth0 (the outer interface) ──── bridge ──── eth0                      theirs

import type { NetworkClient } from "./network.ts";

/** The name of the tunnel at both ends. */
export const tunnelName = "tun0";
const gateway6 = "2a11::1";

/** Begin of the tunnel's IPv4 addresses: of the internet, or private. */
type TunnelPrefix = "46.1.0" | "10.2.0";

/** Our end of a tunnel. Without `open` there is no interface of its name. */
export class Tunnel {
  readonly #ours: NetworkClient;
  readonly #theirs: NetworkClient;
  readonly #prefix: TunnelPrefix;

  private constructor(ours: NetworkClient, theirs: NetworkClient, prefix: TunnelPrefix) {
    this.#ours = ours;
    this.#theirs = theirs;
    this.#prefix = prefix;
  }

  /** Makes the outer interface of `ours` lead to the internet in a network of its own, as a home network does. */
  static async between(
    ours: NetworkClient,
    theirs: NetworkClient,
    prefix: TunnelPrefix = "46.1.0",
  ): Promise<Tunnel> {
    const { ip4, ip6 } = ours;
    await ours.run("ip", "address", "flush", "dev", "eth0");
    await ours.run("ip", "address", "add", `${ip4}/24`, "dev", "eth0");
    await ours.run("ip", "address", "add", `${ip6}/64`, "dev", "eth0", "nodad");
    await ours.run("ip", "route", "add", "default", "dev", "eth0", "metric", "500");
    await ours.run("ip", "-6", "route", "add", "default", "dev", "eth0", "metric", "2000");
    // A server sends nothing for the tunnel elsewhere, which our kernel would refuse by the outer interface.
    await theirs.run("ip", "route", "add", "blackhole", `${prefix}.0/24`, "metric", "900");
    await theirs.run("ip", "-6", "route", "add", "blackhole", "2a11::/64", "metric", "900");
    return new Tunnel(ours, theirs, prefix);
  }

  /** The IPv4 address of the other end. */
  get gateway(): string {
    return `${this.#prefix}.1`;
  }

  /** All IPv4 addresses of the tunnel. */
  get network(): string {
    return `${this.#prefix}.0/24`;
  }

  /** Our addresses with this last number, over IPv4 and IPv6. */
  hostsAt(number: number): readonly [ip4: string, ip6: string] {
    return [`${this.#prefix}.${number}`, `2a11::${number}`];
  }

  /** Makes the interface, with addresses and routes. */
  async open(number = 2): Promise<void> {
    const ends = ["type", "veth", "peer", "name", tunnelName, "netns", String(this.#theirs.pid)];
    await this.#ours.run("ip", "link", "add", tunnelName, ...ends);
    await this.#theirs.run("ip", "link", "set", tunnelName, "up");
    await this.#theirs.run("ip", "address", "add", `${this.gateway}/24`, "dev", tunnelName);
    await this.#theirs.run("ip", "address", "add", `${gateway6}/64`, "dev", tunnelName, "nodad");
    // Servers at all addresses reply from the one that was asked.
    const through = ["dev", tunnelName, "src", this.#theirs.ip4];
    await this.#theirs.run("ip", "route", "replace", this.network, ...through);
    await this.up(number);
  }

  /** @param number The last number of our addresses. */
  async up(number = 2): Promise<void> {
    await this.#ours.run("ip", "link", "set", tunnelName, "up");
    await this.addRoutesAndAddresses(number);
  }

  /**
   * Routes come first. Our kernel resets connections of peers to closed ports by the route of that moment, which is the outer
   * interface while the tunnel has an address and no route.
   */
  async addRoutesAndAddresses(number: number): Promise<void> {
    await this.addRoutes();
    await this.addAddresses(number);
  }

  async down(): Promise<void> {
    await this.#ours.run("ip", "link", "set", tunnelName, "down");
    await this.removeAddresses();
  }

  /** @param number The last number of the addresses. */
  async addAddresses(number: number): Promise<void> {
    for (const host of this.hostsAt(number)) await this.addAddress(host);
  }

  async addAddress(host: string, prefixLength = prefixOf(host)): Promise<void> {
    const further = host.includes(":") ? ["nodad"] : [];
    const words = [`${host}/${prefixLength}`, "dev", tunnelName, ...further];
    await this.#ours.run("ip", "address", "add", ...words);
  }

  async removeAddress(host: string): Promise<void> {
    await this.#ours.run("ip", "address", "del", `${host}/${prefixOf(host)}`, "dev", tunnelName);
  }

  /** Their routes go with them. */
  async removeAddresses(): Promise<void> {
    await this.#ours.run("ip", "address", "flush", "dev", tunnelName);
    await this.#ours.run("ip", "-6", "route", "flush", "dev", tunnelName);
  }

  async addRoutes(): Promise<void> {
    const through = ["dev", tunnelName, "metric", "10", "onlink"];
    const { ip4 } = this.#theirs;
    await this.#ours.run("ip", "route", "replace", "default", "via", ip4, ...through);
    await this.#ours.run("ip", "-6", "route", "replace", "default", "via", gateway6, ...through);
  }

  /** Makes the route of IPv4 lead to this gateway; undefined: to the other end without one, as tunnels have it. */
  async routeBy(gateway: string | undefined): Promise<void> {
    const via = gateway === undefined ? [] : ["via", gateway];
    const through = ["dev", tunnelName, "metric", "10"];
    await this.#ours.run("ip", "route", "replace", "default", ...via, ...through);
  }

  /** The addresses stay. */
  async removeRoutes(): Promise<void> {
    await this.#ours.run("ip", "route", "del", "default", "dev", tunnelName);
    await this.#ours.run("ip", "-6", "route", "del", "default", "dev", tunnelName);
  }

  /** @returns Reads the packets that our machine has sent by the outer interface: TCP, UDP and others over IPv4, and IPv6. */
  async countOutside(): Promise<() => Promise<readonly number[]>> {
    return await this.#ours.countSent([
      'oifname "eth0" meta nfproto ipv4 meta l4proto tcp',
      'oifname "eth0" meta nfproto ipv4 meta l4proto udp',
      'oifname "eth0" meta nfproto ipv4 meta l4proto != { tcp, udp }',
      // The kernel itself looks for its neighbours.
      'oifname "eth0" meta nfproto ipv6 meta l4proto != ipv6-icmp',
    ]);
  }

  /**
   * @returns Reads the packets of TCP and UDP that our machine has sent by the tunnel: from these hosts over IPv4 and IPv6, then
   *   from other hosts over IPv4 and IPv6.
   */
  async countFrom([ip4, ip6]: readonly [ip4: string, ip6: string]): Promise<
    () => Promise<readonly number[]>
  > {
    const ours = `oifname "${tunnelName}" meta l4proto { tcp, udp }`;
    return await this.#ours.countSent(
      [`ip saddr ${ip4}`, `ip6 saddr ${ip6}`, `ip saddr != ${ip4}`, `ip6 saddr != ${ip6}`].map(
        (from) => `${ours} ${from}`,
      ),
    );
  }
}

/** The length of the prefix of the tunnel's network. */
function prefixOf(host: string): number {
  return host.includes(":") ? 64 : 24;
}
