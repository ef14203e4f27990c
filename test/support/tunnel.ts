// A tunnel between two machines of a test network, beside their lines to the bridge: both lead to the internet, the tunnel first.
//
//   ours  tun0 46.1.0.2/24, 2a11::2/64 ── veth ── tun0 46.1.0.1/24, 2a11::1/64  theirs, which is the gateway
//   ours  eth0 (the outer interface) ──── bridge ──── eth0                      theirs

import type { NetworkClient } from "./network.ts";

/** The name of the tunnel at both ends. */
export const tunnelName = "tun0";
const gateway6 = "2a11::1";

/** Our end of a tunnel. Without `open` there is no interface of its name. */
export class Tunnel {
  readonly #ours: NetworkClient;
  readonly #theirs: NetworkClient;

  private constructor(ours: NetworkClient, theirs: NetworkClient) {
    this.#ours = ours;
    this.#theirs = theirs;
  }

  /** Makes the outer interface of `ours` lead to the internet in a network of its own, as a home network does. */
  static async between(ours: NetworkClient, theirs: NetworkClient): Promise<Tunnel> {
    const { ip4, ip6 } = ours;
    await ours.run("ip", "address", "flush", "dev", "eth0");
    await ours.run("ip", "address", "add", `${ip4}/24`, "dev", "eth0");
    await ours.run("ip", "address", "add", `${ip6}/64`, "dev", "eth0", "nodad");
    await ours.run("ip", "route", "add", "default", "dev", "eth0", "metric", "500");
    await ours.run("ip", "-6", "route", "add", "default", "dev", "eth0", "metric", "2000");
    // A server sends nothing for the tunnel elsewhere, which our kernel would refuse by the outer interface.
    await theirs.run("ip", "route", "add", "blackhole", "46.1.0.0/24", "metric", "900");
    await theirs.run("ip", "-6", "route", "add", "blackhole", "2a11::/64", "metric", "900");
    return new Tunnel(ours, theirs);
  }

  /** Makes the interface, with addresses and routes. */
  async open(number = 2): Promise<void> {
    const ends = ["type", "veth", "peer", "name", tunnelName, "netns", String(this.#theirs.pid)];
    await this.#ours.run("ip", "link", "add", tunnelName, ...ends);
    await this.#theirs.run("ip", "link", "set", tunnelName, "up");
    await this.#theirs.run("ip", "address", "add", "46.1.0.1/24", "dev", tunnelName);
    await this.#theirs.run("ip", "address", "add", `${gateway6}/64`, "dev", tunnelName, "nodad");
    // Servers at all addresses reply from the one that was asked.
    const through = ["dev", tunnelName, "src", this.#theirs.ip4];
    await this.#theirs.run("ip", "route", "replace", "46.1.0.0/24", ...through);
    await this.up(number);
  }

  /** @param number The last number of our addresses. */
  async up(number = 2): Promise<void> {
    await this.#ours.run("ip", "link", "set", tunnelName, "up");
    await this.addAddresses(number);
    await this.addRoutes();
  }

  async down(): Promise<void> {
    await this.#ours.run("ip", "link", "set", tunnelName, "down");
    await this.removeAddresses();
  }

  async addAddresses(number: number): Promise<void> {
    await this.#ours.run("ip", "address", "add", `46.1.0.${number}/24`, "dev", tunnelName);
    await this.#ours.run("ip", "address", "add", `2a11::${number}/64`, "dev", tunnelName, "nodad");
  }

  /** Their routes go with them. */
  async removeAddresses(): Promise<void> {
    await this.#ours.run("ip", "address", "flush", "dev", tunnelName);
    await this.#ours.run("ip", "-6", "route", "flush", "dev", tunnelName);
  }

  async addRoutes(): Promise<void> {
    const through = ["dev", tunnelName, "metric", "10"];
    await this.#ours.run(
      "ip",
      "route",
      "replace",
      "default",
      "via",
      this.#theirs.ip4,
      ...through,
      "onlink",
    );
    await this.#ours.run("ip", "-6", "route", "replace", "default", "via", gateway6, ...through);
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
}
