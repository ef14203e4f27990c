// Avoids `dns.lookup`, whose threads the process shares with its file calls: a stuck disk would stop every name, and a
// stuck name every file.

import { isIP, type LookupFunction } from "node:net";

import { numericHost, withoutBrackets } from "./address.ts";
import { readHostsFile, type HostsTable } from "./hosts-file.ts";
import { serversIn, usableServers } from "./name-servers.ts";
import { codeOf, systemError } from "../../errors.ts";
import { defaultNetworkRules } from "./default-rules.ts";
import type { NetworkRules } from "../../ports/network-rules.ts";
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

/** Origin of addresses. `proxy`: the address of a name is the name, which a proxy looks up. */
export type NameSource = "numeric" | "hosts" | "dns" | "proxy";

/** The answer of a look-up. */
export interface Resolved {
  /** At least one, numeric, of the preferred family first; at most 8 of each family. */
  readonly addresses: readonly string[];
  readonly source: NameSource;
}

/** Finds the addresses of hosts. */
export interface HostResolver {
  /** @throws rejects as {@link Resolver.resolve}. */
  resolve(name: string, family?: 4 | 6): Promise<Resolved>;
}

/** Queries name servers. Replaced in tests. */
export type AskServers = (name: string, family: 4 | 6) => Promise<readonly string[]>;

/** Sources of a {@link Resolver}. */
export interface ResolverServices {
  readonly readHosts?: () => HostsTable;
  readonly openServers?: () => AskServers;
  readonly deadlineMs?: number;
  /** Families of all answers, the preferred one first. Default: both, IPv4 first. */
  readonly families?: NetworkRules["families"];
}

/** Resolves names: numeric, `localhost`, hosts file, then name servers. */
export class Resolver implements HostResolver {
  readonly #readHosts: () => HostsTable;
  readonly #openServers: () => AskServers;
  readonly #deadlineMs: number;
  readonly #families: NetworkRules["families"];
  #hosts: HostsTable = new Map();
  #askServers: AskServers | undefined;
  #configuredAtMs = 0;

  constructor(services: ResolverServices = {}) {
    this.#readHosts = services.readHosts ?? readHostsFile;
    this.#families = services.families ?? defaultNetworkRules.families;
    this.#openServers = services.openServers ?? (() => systemServers(this.#families));
    this.#deadlineMs = services.deadlineMs ?? deadlineMs;
  }

  /**
   * @param name Host of a URL or a numeric address, IPv6 also in brackets.
   * @throws rejects with a system error: `ENOTFOUND` (no such name or family), `EAFNOSUPPORT` (a family that is off),
   *   `ETIMEOUT` (5 s), or the name server's code.
   */
  async resolve(name: string, family?: 4 | 6): Promise<Resolved> {
    const host = withoutBrackets(name);
    const families = this.#families.filter((each) => family === undefined || each === family);
    if (family !== undefined && families.length === 0) throw familyOff(family);
    if (isIP(host) !== 0) return this.#numeric(numericHost(host), families);
    const askServers = this.#configure();
    const wanted = host.toLowerCase().replace(/\.$/u, "");
    if (wanted === "localhost" || wanted.endsWith(".localhost")) {
      return known(host, ["127.0.0.1", "::1"], "hosts", families);
    }
    const inFile = this.#hosts.get(wanted);
    if (inFile !== undefined) return known(host, inFile, "hosts", families);
    return { addresses: await this.#ask(askServers, wanted, families), source: "dns" };
  }

  #numeric(host: string, families: NetworkRules["families"]): Resolved {
    const family = isIP(host);
    if (!this.#families.some((each) => each === family)) throw familyOff(family);
    return known(host, [host], "numeric", families);
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

  async #ask(
    askServers: AskServers,
    name: string,
    families: NetworkRules["families"],
  ): Promise<readonly string[]> {
    const asked = Promise.allSettled(families.map((each) => askServers(name, each)));
    const answers = await this.#inTime(asked, name);
    const named = answers.flatMap((answer) =>
      answer.status === "fulfilled" ? answer.value.slice(0, mostAddresses).map(numericHost) : [],
    );
    // An answer for IPv6 may name an IPv4 address.
    const addresses = ofFamilies(named, families);
    if (addresses.length > 0) return addresses;
    const failed = answers.find((answer) => answer.status === "rejected");
    throw failed === undefined
      ? notFound(name, families)
      : refusedName(failed.reason, name, families);
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

/** The addresses of these families, in their order. */
function ofFamilies(addresses: readonly string[], families: NetworkRules["families"]): string[] {
  return families.flatMap((family) => addresses.filter((host) => isIP(host) === family));
}

/** Addresses that are known without a name server. */
function known(
  name: string,
  addresses: readonly string[],
  source: NameSource,
  families: NetworkRules["families"],
): Resolved {
  const fitting = ofFamilies(addresses, families);
  if (fitting.length === 0) throw notFound(name, families);
  return { addresses: fitting.slice(0, 2 * mostAddresses), source };
}

function systemServers(families: NetworkRules["families"]): AskServers {
  const { Resolver: DnsResolver } = systemModule("node:dns/promises");
  const dns = new DnsResolver({ timeout: queryMs, maxTimeout: queryMs, tries: queryTries });
  const all = dns.getServers();
  const usable = all.filter((server) => usableServers(serversIn([server]), families).length > 0);
  if (usable.length === 0) {
    const sentence = `no name server has an ${spell(families)} address`;
    return () => Promise.reject(systemError("EAFNOSUPPORT", sentence));
  }
  if (usable.length < all.length) dns.setServers(usable);
  return (name, family) => (family === 4 ? dns.resolve4(name) : dns.resolve6(name));
}

/** Node names only query and code. */
function refusedName(error: unknown, name: string, families: NetworkRules["families"]): unknown {
  const code = codeOf(error);
  if (code === "ENOTFOUND") return systemError(code, `no such host: "${name}"`);
  if (code === "ENODATA") return systemError(code, noAddress(name, families));
  return error;
}

/** `ENOTFOUND`: the name has no address of these families. */
export function notFound(name: string, families: NetworkRules["families"]): Error {
  return systemError("ENOTFOUND", noAddress(name, families));
}

function noAddress(name: string, families: NetworkRules["families"]): string {
  return `"${name}" has no ${families.length > 1 ? "address" : `${spell(families)} address`}`;
}

/** `EAFNOSUPPORT`. */
export function familyOff(family: number): Error {
  return systemError("EAFNOSUPPORT", `IPv${family} is off`);
}

function spell(families: NetworkRules["families"]): string {
  return families.map((family) => `IPv${family}`).join(" or ");
}
