import { codeOf, pause } from "@troupe/actor-runtime";
import { classifyAddress } from "@troupe/protocol";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import { dialMore, type DialServices } from "../swarm/dial-schedule.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** For a name that was not found: the network may not be up yet. */
const lookAgainMs = 60_000;

/** Dials the user's peer before redials of other addresses. */
export function addUserPeer(engine: DialServices, job: TorrentJob, peer: NamedPeer): void {
  if (classifyAddress(peer.host) !== "refused") addAddresses(engine, job, [peer.host], peer.port);
  else lookUp(engine, job, peer).catch((error: unknown) => failEngine(engine, job, error));
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
): Promise<void> {
  const { names, timers } = engine.context;
  const { signal } = job.life;
  for (let isAgain = false; ; isAgain = true) {
    const addresses = await names.resolve(host).catch((error: unknown) => {
      if (!isAgain) warnNotFound(job, host, error);
      return undefined;
    });
    if (addresses !== undefined) return addAddresses(engine, job, addresses, port);
    await pause(timers, lookAgainMs);
    // A stopped torrent looks its peers up at its next start.
    if (!job.isRunning || signal.aborted) return;
  }
}

function warnNotFound(job: TorrentJob, host: string, error: unknown): void {
  job.outbox.emit({
    event: "warning",
    code: "peer-not-found",
    message: `cannot find the address of peer ${host}: ${codeOf(error) ?? String(error)}; it is looked up again each minute`,
  });
}
