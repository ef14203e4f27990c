// Proxies of Debian on a machine of a test network. Each has a hosts file of its own, with names that no other machine knows.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder, type TemporaryFolder } from "../files/temporary-folder.ts";
import type { NetworkClient } from "../network.ts";
import { startProcess, type RunningProcess } from "../programs/process.ts";
import { until } from "../time/until.ts";

/** dante carries UDP; microsocks carries none; tinyproxy, as Debian ships it, lets CONNECT through to 443 and 563 alone. */
export type ProxyName = "dante" | "microsocks" | "tinyproxy";

/** A user name and its password. */
interface Login {
  readonly user: string;
  readonly password: string;
}

const ports = { dante: 1_080, microsocks: 1_081, tinyproxy: 8_888 } as const;

/** How a proxy is started. */
interface ProxyPlan {
  /** Addresses by names. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Asked of its clients; dante asks none. */
  readonly login?: Login;
}

/** A running proxy. */
export class RealProxy implements AsyncDisposable {
  readonly #process: RunningProcess;
  readonly #folder: TemporaryFolder;
  readonly #name: ProxyName;
  readonly #machine: NetworkClient;

  private constructor(
    name: ProxyName,
    machine: NetworkClient,
    process: RunningProcess,
    folder: TemporaryFolder,
  ) {
    this.#name = name;
    this.#machine = machine;
    this.#process = process;
    this.#folder = folder;
  }

  static async start(name: ProxyName, machine: NetworkClient, plan: ProxyPlan = {}) {
    const folder = temporaryFolder(`proxy-${name}`);
    const hosts = join(folder.path, "hosts");
    const lines = Object.entries(plan.hosts ?? {}).map(([host, address]) => `${address} ${host}`);
    writeFileSync(hosts, `127.0.0.1 localhost\n${lines.join("\n")}\n`);
    const command = commandOf(name, machine, folder.path, plan.login);
    const script = `mount --bind "$0" /etc/hosts && exec "$@"`;
    const words = [...machine.within, "unshare", "--mount", "--", "sh", "-c", script, hosts];
    const process = await startProcess([...words, ...command], { debianPackage: packages[name] });
    const listening = ["ss", "-Hltn", `sport = :${ports[name]}`];
    await until(`${name} listens`, async () => (await machine.run(...listening)).length > 0);
    return new RealProxy(name, machine, process, folder);
  }

  /** The address for `--proxy`. */
  url(login?: Login): string {
    const start = login === undefined ? "" : `${login.user}:${login.password}@`;
    const scheme = this.#name === "tinyproxy" ? "http" : "socks5";
    return `${scheme}://${start}${this.#machine.ip4}:${ports[this.#name]}`;
  }

  async kill(): Promise<void> {
    await this.#process.stop(5_000, "SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    this.#folder.remove();
  }
}

const packages = {
  dante: "dante-server",
  microsocks: "microsocks",
  tinyproxy: "tinyproxy",
} as const;

function commandOf(
  name: ProxyName,
  { ip4 }: NetworkClient,
  folder: string,
  login: Login | undefined,
): readonly string[] {
  const configuration = join(folder, "configuration");
  if (name === "microsocks") {
    const proving = login === undefined ? [] : ["-u", login.user, "-P", login.password];
    return ["microsocks", "-i", ip4, "-p", String(ports.microsocks), ...proving];
  }
  writeFileSync(configuration, name === "dante" ? danteLines(ip4) : tinyproxyLines(ip4, login));
  return name === "dante"
    ? ["danted", "-f", configuration]
    : ["tinyproxy", "-d", "-c", configuration];
}

function danteLines(ip4: string): string {
  const anywhere = "from: 0.0.0.0/0 to: 0.0.0.0/0";
  return `logoutput: stderr
internal: ${ip4} port = ${ports.dante}
external: ${ip4}
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: nobody
client pass { ${anywhere} }
socks pass { ${anywhere}
  command: bind connect udpassociate bindreply udpreply }
`;
}

/** The lines of the shipped file that matter, for every client of the network. */
function tinyproxyLines(ip4: string, login: Login | undefined): string {
  return `User tinyproxy
Group tinyproxy
Port ${ports.tinyproxy}
Listen ${ip4}
Timeout 600
MaxClients 100
ViaProxyName "tinyproxy"
ConnectPort 443
ConnectPort 563
${login === undefined ? "" : `BasicAuth ${login.user} ${login.password}`}
`;
}
