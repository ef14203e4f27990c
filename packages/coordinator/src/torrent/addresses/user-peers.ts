import { codeOf, pause } from "@troupe/actor-runtime";
import { classifyAddress } from "@troupe/protocol";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import { mayBeNamed, type LinkSource } from "../metadata/magnet-gate.ts";
import { dialMore, type DialServices } from "../swarm/dial-schedule.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** For a name that was not found: the network may not be up yet. */
const lookAgainMs = 60_000;

/** Dials the user's peer before redials of other addresses. */
export function addUserPeer(engine: DialServices, job: TorrentJob, peer: NamedPeer): void {
  const { names } = engine.context;
  addPeer(engine, job, peer, (host) => names.resolve(host));
}

/** Dials a peer of a magnet link, at the addresses that a link of this source may name. */
export function addLinkPeer(
  engine: DialServices,
  job: TorrentJob,
  peer: NamedPeer,
  source: LinkSource,
): void {
  const { names } = engine.context;
  addPeer(engine, job, peer, async (host) => {
    const addresses = await names.resolveAllowed(host);
    return addresses.filter((address) => mayBeNamed(address, peer.port, source));
  });
}

type Resolve = (host: string) => Promise<readonly string[]>;

function addPeer(engine: DialServices, job: TorrentJob, peer: NamedPeer, resolve: Resolve): void {
  if (classifyAddress(peer.host) !== "refused") addAddresses(engine, job, [peer.host], peer.port);
  else lookUp(engine, job, peer, resolve).catch((error: unknown) => failEngine(engine, job, error));
}

interface NamedPeer {
  readonly host: string;
  readonly port: number;
}

function addAddresses(
  engine: DialServices,
  job: TorrentJob,
  hosts: readonly string[],
  port: number,
): void {
  for (const host of hosts) job.directory.add(host, port, "user");
  dialMore(engine);
}

async function lookUp(
  engine: DialServices,
  job: TorrentJob,
  { host, port }: NamedPeer,
  resolve: Resolve,
): Promise<void> {
  const { timers } = engine.context;
  const { signal } = job.life;
  for (let isAgain = false; ; isAgain = true) {
    const addresses = await resolve(host).catch((error: unknown) => {
      if (!isAgain) warnNotFound(job, host, error);
      return undefined;
    });
    if (addresses !== undefined) return addAddresses(engine, job, addresses, port);
    await pause(timers, lookAgainMs);
    // A stopped torrent looks its peers up at its next start.
    if (!job.isInSwarm || signal.aborted) return;
  }
}

function warnNotFound(job: TorrentJob, host: string, error: unknown): void {
  job.outbox.emit({
    event: "warning",
    code: "peer-not-found",
    message: `cannot find the address of peer ${host}: ${codeOf(error) ?? String(error)}; it is looked up again each minute`,
  });
}
