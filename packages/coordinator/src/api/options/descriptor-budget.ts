// Divides the files and sockets that this process may have open. Who has none left cannot open a file, reach a tracker
// or start a thread: so each use gets its share before the first peer is dialled.

import type { DescriptorUse } from "@troupe/actor-runtime";
import type { DescriptorBudget } from "@troupe/messages";
import { TroupeError } from "../../troupe-error.ts";

/** What a thread of Node takes for its event loop (measured: 5 with Node 26 on Linux). */
const perThread = 5;
/** IPv4 and IPv6, in every peer-worker. */
const listenersPerPeerWorker = 2;
/** With less than this left, one thread is enough to hash. */
const scarceBelow = 64;
/** Files and sockets without which nothing can be transferred: one of each, a tracker, a state file. */
const leastWork = 4;
const most = {
  spare: 64,
  openFiles: 64,
  trackers: 150,
  handshakes: 512,
  halfOpen: 200,
  lockFiles: 4_096,
};

/** Threads that the budget is for. */
export interface ThreadCounts {
  readonly peerWorkers: number;
  readonly hashThreads: number;
  /** The state folder has a thread of its own. */
  readonly hasRecords: boolean;
}

/** What came of the division. */
export interface DescriptorShares {
  readonly budget: DescriptorBudget;
  /** As asked for; 1 where descriptors are scarce. */
  readonly hashThreads: number;
}

/**
 * Never gives a use nothing: where the limit allows the threads but not all this, calls fail and are tried again.
 *
 * @throws TroupeError `too-few-descriptors` where the limit does not allow the threads of one download.
 */
export function shareDescriptors(use: DescriptorUse, threads: ThreadCounts): DescriptorShares {
  refuseTooFew(use, threads);
  const asAsked = leftFor(use, threads);
  const hashThreads = asAsked < scarceBelow ? 1 : threads.hashThreads;
  const left = Math.max(0, leftFor(use, { ...threads, hashThreads }));
  // For what is not ours: state files, name servers, the caller's own.
  const spare = part(left, 2, most.spare);
  const rest = left - spare;
  const openFiles = part(rest, 2, most.openFiles);
  const trackers = part(rest, 1, most.trackers);
  const handshakes = part(rest, 2, most.handshakes);
  const lockFiles = part(rest / 2, 1, most.lockFiles);
  const peers = Math.max(2, rest - openFiles - trackers - handshakes - lockFiles);
  const halfOpen = Math.min(most.halfOpen, Math.ceil(peers / 2));
  return {
    budget: { limit: use.limit, peers, halfOpen, handshakes, openFiles, trackers, lockFiles },
    hashThreads,
  };
}

/** One thread hashes, none checks, and a few files and sockets are left to work with. */
function refuseTooFew({ limit, open }: DescriptorUse, counts: ThreadCounts): void {
  const { peerWorkers, hasRecords } = counts;
  // The engine, a file-worker, the lock keeper and a hash thread beside them.
  const threads = 4 + (hasRecords ? 1 : 0) + peerWorkers;
  const needed = open + perThread * threads + listenersPerPeerWorker * peerWorkers + leastWork;
  if (limit >= needed) return;
  throw new TroupeError(
    "too-few-descriptors",
    `cannot start: this process may have ${limit} files and sockets open, and ${needed} are needed at least`,
    { details: { limit, needed } },
  );
}

function leftFor({ limit, open }: DescriptorUse, counts: ThreadCounts) {
  const { peerWorkers, hashThreads, hasRecords } = counts;
  // The engine, the file-worker, the lock keeper, the peer-workers, and two pools of hash threads: one downloads, one
  // checks.
  const threads = 3 + (hasRecords ? 1 : 0) + peerWorkers + 2 * hashThreads;
  return limit - open - perThread * threads - listenersPerPeerWorker * peerWorkers;
}

function part(of: number, least: number, mostOfIt: number): number {
  return Math.min(Math.max(Math.floor(of / 8), least), mostOfIt);
}
