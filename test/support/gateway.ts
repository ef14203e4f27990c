// A home behind a router that maps ports: miniupnpd in a network namespace of its own.
//
//   home 192.168.77.2 ──── 192.168.77.1  router  45.20.1.1 ──── 45.20.1.2 outside
//
// Only what the router has mapped gets in. Needs root, iproute2, nftables and miniupnpd-nftables.

import { Miniupnpd, type MappingProtocol } from "./miniupnpd.ts";
import { holdNamespace, within } from "./namespace.ts";
import { runProcess, type RunningProcess } from "./programs/process.ts";
import { until } from "./time/until.ts";

/** The home's machine. */
export const homeHost = "192.168.77.2";
/** The router on the internet. */
export const routerHost = "45.20.1.1";
const routerInside = "192.168.77.1";
const outsideHost = "45.20.1.2";

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
  #daemon: Miniupnpd | undefined;

  private constructor(holders: readonly [RunningProcess, RunningProcess, RunningProcess]) {
    const [home, router, outside] = holders;
    this.home = within(home);
    this.#router = within(router);
    this.#outside = within(outside);
    this.#holders = holders;
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
    const lines = { inside: "inside", outside: "outside", clients: "192.168.77.0/24" };
    router.#daemon = await Miniupnpd.start({ within: router.#router, ...lines }, protocol);
    return router;
  }

  /** The gateway, with its mappings. */
  get gateway(): Miniupnpd {
    if (this.#daemon === undefined) throw new Error("bug: the router has not started");
    return this.#daemon;
  }

  /**
   * Shakes hands with a port of the router, from outside, again and again until the torrent runs. Settles when the answer has its
   * info-hash.
   */
  async shakeHandsWith(port: number, infoHash: string): Promise<void> {
    const command = [process.execPath, "-e", shakeHands, routerHost, String(port), infoHash];
    await until(`a handshake of ${infoHash} through the router`, async () => {
      const answer = await runProcess([...this.#outside, ...command]);
      return answer.join() === infoHash;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon?.[Symbol.asyncDispose]();
    await Promise.all(this.#holders.map((holder) => holder.stop()));
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
}
