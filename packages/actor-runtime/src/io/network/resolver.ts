// Avoids `dns.lookup`, whose threads the process shares with its file calls: a stuck disk would stop every name, and a
// stuck name every file.

import { isIP, type LookupFunction } from "node:net";

import { numericHost, withoutBrackets } from "./address.ts";
import { readHostsFile, type HostsTable } from "./hosts-file.ts";
import { codeOf, systemError } from "../../errors.ts";
import { systemModule } from "../system/system-module.ts";

/** After this time a look-up fails. */
const deadlineMs = 5_000;

/** Three tries fit in the deadline. */
const queryMs = 1_500;

const queryTries = 3;

/** Age at which configuration is read again. */
const configurationMs = 60_000;

/** Addresses of an answer and family: a server may send thousands. */
const mostAddresses = 8;

/** Origin of addresses. */
export type NameSource = "numeric" | "hosts" | "dns";

/** The answer of a look-up. */
export interface Resolved {
  /** At least one, numeric, IPv4 first; at most 8 of each family. */
  readonly addresses: readonly string[];
  readonly source: NameSource;
}

/** Queries name servers. Replaced in tests. */
export type AskServers = (name: string, family: 4 | 6) => Promise<readonly string[]>;

/** Sources of a {@link Resolver}. */
export interface ResolverServices {
  readonly readHosts?: () => HostsTable;
  readonly openServers?: () => AskServers;
  readonly deadlineMs?: number;
}

/** Resolves names: numeric, `localhost`, hosts file, then name servers. */
export class Resolver {
  readonly #readHosts: () => HostsTable;
  readonly #openServers: () => AskServers;
  readonly #deadlineMs: number;
  #hosts: HostsTable = new Map();
  #askServers: AskServers | undefined;
  #configuredAtMs = 0;

  constructor(services: ResolverServices = {}) {
    this.#readHosts = services.readHosts ?? readHostsFile;
    this.#openServers = services.openServers ?? systemServers;
    this.#deadlineMs = services.deadlineMs ?? deadlineMs;
  }

  /**
   * @param name Host of a URL or a numeric address, IPv6 also in brackets.
   * @throws rejects with a system error: `ENOTFOUND` (no such name or family), `ETIMEOUT` (5 s), or the name server's
   *   code.
   */
  async resolve(name: string, family?: 4 | 6): Promise<Resolved> {
    const host = withoutBrackets(name);
    if (isIP(host) !== 0) return this.#known(host, [numericHost(host)], "numeric", family);
    const askServers = this.#configure();
    const wanted = host.toLowerCase().replace(/\.$/u, "");
    if (wanted === "localhost" || wanted.endsWith(".localhost")) {
      return this.#known(host, ["127.0.0.1", "::1"], "hosts", family);
    }
    const inFile = this.#hosts.get(wanted);
    if (inFile !== undefined) return this.#known(host, inFile, "hosts", family);
    const addresses = await this.#ask(askServers, wanted, family);
    return { addresses, source: "dns" };
  }

  #known(
    name: string,
    addresses: readonly string[],
    source: NameSource,
    family: 4 | 6 | undefined,
  ): Resolved {
    const fitting = addresses.filter((host) => family === undefined || isIP(host) === family);
    if (fitting.length === 0) throw notFound(name, family);
    return { addresses: fitting.toSorted(ipv4First).slice(0, 2 * mostAddresses), source };
  }

  #configure(): AskServers {
    const nowMs = performance.now();
    if (this.#askServers === undefined || nowMs - this.#configuredAtMs > configurationMs) {
      this.#hosts = this.#readHosts();
      this.#askServers = this.#openServers();
      this.#configuredAtMs = nowMs;
    }
    return this.#askServers;
  }

  async #ask(askServers: AskServers, name: string, family?: 4 | 6): Promise<readonly string[]> {
    const families = family === undefined ? ([4, 6] as const) : ([family] as const);
    const asked = Promise.allSettled(families.map((each) => askServers(name, each)));
    const answers = await this.#inTime(asked, name);
    const addresses = answers.flatMap((answer) =>
      answer.status === "fulfilled" ? answer.value.slice(0, mostAddresses).map(numericHost) : [],
    );
    if (addresses.length > 0) return addresses;
    const failed = answers.find((answer) => answer.status === "rejected");
    throw failed === undefined ? notFound(name, family) : refusedName(failed.reason, name, family);
  }

  async #inTime<Answer>(asked: Promise<Answer>, name: string): Promise<Answer> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      reject(systemError("ETIMEOUT", `no answer for "${name}" in ${this.#deadlineMs} ms`));
    }, this.#deadlineMs);
    try {
      return await Promise.race([asked, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A `lookup` for sockets that answers with these addresses in place of `dns.lookup`. */
export function lookupAmong(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_name, { all }, callback) => {
    const [first = { address: "", family: 0 }] = found;
    if (all === true) process.nextTick(callback, null, found);
    else process.nextTick(callback, null, first.address, first.family);
  };
}

function systemServers(): AskServers {
  const { Resolver: DnsResolver } = systemModule("node:dns/promises");
  const dns = new DnsResolver({ timeout: queryMs, maxTimeout: queryMs, tries: queryTries });
  return (name, family) => (family === 4 ? dns.resolve4(name) : dns.resolve6(name));
}

/** Node names only query and code. */
function refusedName(error: unknown, name: string, family: 4 | 6 | undefined): unknown {
  const code = codeOf(error);
  if (code === "ENOTFOUND") return systemError(code, `no such host: "${name}"`);
  if (code === "ENODATA") return systemError(code, noAddress(name, family));
  return error;
}

function notFound(name: string, family: 4 | 6 | undefined): Error {
  return systemError("ENOTFOUND", noAddress(name, family));
}

function noAddress(name: string, family: 4 | 6 | undefined): string {
  return `"${name}" has no ${family === undefined ? "address" : `IPv${family} address`}`;
}

function ipv4First(a: string, b: string): number {
  return isIP(a) - isIP(b);
}
