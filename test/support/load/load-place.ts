// A machine for load tests: a network namespace with addresses for peers, and a default route whose packets are counted.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { holdNamespace, within } from "../namespace.ts";
import { runProcess, startProcess, type RunningProcess } from "../programs/process.ts";

const command = fileURLToPath(new URL("../../../packages/cli/bin/troupe.mjs", import.meta.url));

/** Leads nowhere. */
const setUp = [
  "ip link set lo up",
  "ip route add local 10.77.0.0/16 dev lo",
  "ip link add out0 type veth peer name out1",
  "ip address add 192.168.7.1/24 dev out0",
  "ip link set out0 up",
  "ip link set out1 up",
  "ip route add default via 192.168.7.2 dev out0",
  // A packet leaves only if the next machine is known.
  "ip neighbour add 192.168.7.2 lladdr 02:00:00:00:00:07 dev out0",
];

/** {@link LoadPlace.make} */
export class LoadPlace implements AsyncDisposable {
  readonly within: readonly string[];
  readonly #prefix: string;
  readonly #stack: AsyncDisposableStack;
  readonly #folder: string;

  private constructor(
    parts: { readonly within: readonly string[]; readonly prefix: string; readonly folder: string },
    stack: AsyncDisposableStack,
  ) {
    this.within = parts.within;
    this.#prefix = parts.prefix;
    this.#folder = parts.folder;
    this.#stack = stack;
  }

  /** @param prefix Packets to it that leave by the default route are counted. */
  static async make(prefix: string): Promise<LoadPlace> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(temporaryFolder("load-place")).path;
    const words = within(stack.use(await holdNamespace()));
    for (const line of setUp) {
      // oxlint-disable-next-line no-await-in-loop
      await runProcess([...words, ...line.split(" ")], { debianPackage: "iproute2" });
    }
    const chain = `chain out { type filter hook output priority 0; oifname out0 ip daddr ${prefix} counter name left; }`;
    const rules = `table inet counts { counter left { }; ${chain}; }`;
    await runProcess([...words, "nft", rules], { debianPackage: "nftables" });
    return new LoadPlace({ within: words, prefix, folder }, stack.move());
  }

  /** Runs a command on this machine to its end. */
  async run(...words: readonly string[]): Promise<readonly string[]> {
    return await runProcess([...this.within, ...words]);
  }

  /** @param scenario In JSON. @param before Words before the command. */
  async loadTest(
    scenario: object,
    arguments_: readonly string[] = [],
    before: readonly string[] = [],
  ): Promise<RunningProcess> {
    const file = join(this.#folder, "scenario.json");
    writeFileSync(file, JSON.stringify(scenario));
    const words = [process.execPath, command, "load-test", file, ...arguments_];
    return this.#stack.use(await startProcess([...this.within, ...before, ...words]));
  }

  /** A path in a folder that goes with this machine. */
  pathOf(name: string): string {
    return join(this.#folder, name);
  }

  /** Packets to the prefix that left by the default route. */
  async countLeft(): Promise<number> {
    const lines = await this.run("nft", "list", "counters", "table", "inet", "counts");
    return Number(/packets (\d+)/.exec(lines.join("\n"))?.[1]);
  }

  /** Devices, routes to the prefix, and tables of nftables that a load test has made. */
  async leftovers(): Promise<readonly string[]> {
    const devices = await this.run("ip", "-brief", "link", "show", "type", "veth");
    const routes = await this.run("ip", "-4", "route", "show", "root", this.#prefix);
    const tables = await this.run("nft", "list", "tables");
    return [
      ...devices.filter((line) => !line.startsWith("out")),
      ...routes,
      ...tables.filter((line) => !line.endsWith("inet counts")),
    ].filter((line) => line !== "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
