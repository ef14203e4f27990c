import { codeOf, pause, type MayDial } from "@troupe/actor-runtime";
import { addressKey, canonicalHost, classifyAddress } from "@troupe/protocol/address";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import { familyOf } from "./own-addresses.ts";
import { mayBeNamed, type LinkSource } from "../../named-hosts.ts";
import { dialMore, type DialServices } from "../swarm/dial-schedule.ts";
import { strangerHosts } from "../stranger-hosts.ts";
import type { TorrentJob } from "../torrent-job.ts";
import type { AddressSource, NamedPeer } from "@troupe/messages";

/** For a name that was not found: the network may not be up yet. */
const lookAgainMs = 60_000;

/** Dials the peer of a call before redials of other addresses. A caller elsewhere names no address of a local network. */
export function addUserPeer(engine: DialServices, job: TorrentJob, peer: NamedPeer): void {
  const { names } = engine.context;
  const naming: Naming =
    peer.isFromStranger === true
      ? { resolve: (host) => names.resolveAllowed(host), mayDial: strangerHosts(engine) }
      : { resolve: (host) => names.resolve(host), mayDial: () => true };
  addPeer(engine, job, peer, "user", naming);
}

/** Dials a peer of a magnet link, at the addresses that a link of this source may name. */
export function addLinkPeer(
  engine: DialServices,
  job: TorrentJob,
  peer: NamedPeer,
  linkSource: LinkSource,
): void {
  const { names } = engine.context;
  const mayDial: MayDial =
    peer.isFromStranger === true
      ? strangerHosts(engine)
      : (address) => mayBeNamed(address, peer.port, linkSource);
  addPeer(engine, job, peer, "magnet", { resolve: (host) => names.resolveAllowed(host), mayDial });
}

/** The look-up of a peer's name, and the addresses at which it may be dialled. */
interface Naming {
  readonly resolve: (host: string) => Promise<readonly string[]>;
  readonly mayDial: MayDial;
}

function addPeer(
  engine: DialServices,
  job: TorrentJob,
  peer: NamedPeer,
  source: AddressSource,
  naming: Naming,
): void {
  const { port } = peer;
  // An IPv4 address in IPv6 is dialled by IPv4.
  const host = canonicalHost(peer.host);
  if (classifyAddress(host) !== "refused") {
    if (!naming.mayDial(host, host)) return warnLocal(job, host, port);
    if (!engine.options.families.includes(familyOf(host))) return warnOff(job, host, port);
    addAddresses(engine, job, { hosts: [host], port, source });
  } else {
    const resolve = async (name: string): Promise<readonly string[]> =>
      (await naming.resolve(name)).filter((address) => naming.mayDial(address, name));
    lookUp(engine, job, peer, { source, resolve }).catch((error: unknown) =>
      failEngine(engine, job, error),
    );
  }
}

function addAddresses(
  engine: DialServices,
  job: TorrentJob,
  { hosts, port, source }: { hosts: readonly string[]; port: number; source: AddressSource },
): void {
  for (const host of hosts) {
    if (engine.network.ipFilter.has(host)) warnFiltered(job, addressKey(host, port));
    else job.directory.add(host, port, source);
  }
  dialMore(engine, [job]);
}

async function lookUp(
  engine: DialServices,
  job: TorrentJob,
  { host, port }: NamedPeer,
  { source, resolve }: Pick<Naming, "resolve"> & { readonly source: AddressSource },
): Promise<void> {
  const { timers } = engine.context;
  const { signal } = job.life;
  for (let isAgain = false; ; isAgain = true) {
    const hosts = await resolve(host).catch((error: unknown) => {
      if (!isAgain) warnNotFound(job, host, error);
      return undefined;
    });
    if (hosts?.length === 0) return warnLocal(job, host, port);
    if (hosts !== undefined) return addAddresses(engine, job, { hosts, port, source });
    await pause(timers, lookAgainMs);
    // A stopped torrent looks its peers up at its next start.
    if (!job.isInSwarm || signal.aborted) return;
  }
}

function warnOff(job: TorrentJob, host: string, port: number): void {
  job.outbox.emit({
    event: "warning",
    code: "peer-family-off",
    message: `peer ${addressKey(host, port)} is not dialled: IPv${familyOf(host)} is off`,
  });
}

function warnLocal(job: TorrentJob, host: string, port: number): void {
  job.outbox.emit({
    event: "warning",
    code: "peer-local",
    message: `peer ${addressKey(host, port)} is not dialled: it is this machine or in a local network, and the call or the link may name no such address`,
  });
}

function warnFiltered(job: TorrentJob, address: string): void {
  job.outbox.emit({
    event: "warning",
    code: "peer-ip-filtered",
    message: `peer ${address} is not dialled: the IP filter has its address`,
  });
}

function warnNotFound(job: TorrentJob, host: string, error: unknown): void {
  job.outbox.emit({
    event: "warning",
    code: "peer-not-found",
    message: `cannot find the address of peer ${host}: ${codeOf(error) ?? String(error)}; it is looked up again each minute`,
  });
}
