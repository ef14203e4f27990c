// Divides the descriptors of this process: without a free descriptor no file, tracker or thread opens.

import type { DescriptorUse } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { DescriptorBudget } from "@troupe/messages";

/** Descriptors of the event loop of a thread (measured: 5 with Node 26 on Linux). */
const perThread = 5;
/** IPv4 and IPv6. */
const listenersPerPeerWorker = 2;
/** With fewer left, a single thread hashes. */
const scarceBelow = 64;
/** A file, a socket, a tracker, a state file. */
const leastWork = 4;

/** UDP sockets of a DHT node: IPv4 and IPv6. */
const dhtSockets = 2;

/** Threads that need descriptors. */
interface ThreadCounts {
  readonly peerWorkers: number;
  readonly hashThreads: number;
  /** The thread of the state folder. */
  readonly hasRecords: boolean;
  /** The thread of the DHT node. */
  readonly hasDht: boolean;
}

/** The shares. */
interface DescriptorShares {
  readonly budget: DescriptorBudget;
  /** 1 when descriptors are scarce. */
  readonly hashThreads: number;
}

/**
 * Every use gets a share. If their sum is above the limit, calls fail and are repeated.
 *
 * @throws TroupeError `too-few-descriptors` if the limit does not allow the threads of a download.
 */
export function shareDescriptors(use: DescriptorUse, threads: ThreadCounts): DescriptorShares {
  refuseTooFew(use, threads);
  const asAsked = leftFor(use, threads);
  const hashThreads = asAsked < scarceBelow ? 1 : threads.hashThreads;
  const left = Math.max(0, leftFor(use, { ...threads, hashThreads }));
  // For state files, name servers, and the caller.
  const spare = part(left, 2, 64);
  const rest = left - spare;
  const openFiles = part(rest, 2, 64);
  const trackers = part(rest, 1, 150);
  const handshakes = part(rest, 2, 512);
  const lockFiles = part(rest / 2, 1, 4_096);
  const peers = Math.max(2, rest - openFiles - trackers - handshakes - lockFiles);
  const halfOpen = Math.min(200, Math.ceil(peers / 2));
  return {
    budget: { limit: use.limit, peers, halfOpen, handshakes, openFiles, trackers, lockFiles },
    hashThreads,
  };
}

function refuseTooFew({ limit, open }: DescriptorUse, counts: ThreadCounts): void {
  const { peerWorkers, hasRecords } = counts;
  // The engine, a file-worker, the lock keeper, a hash thread.
  const threads = 4 + (hasRecords ? 1 : 0) + peerWorkers;
  const needed = open + perThread * threads + listenersPerPeerWorker * peerWorkers + leastWork;
  if (limit >= needed) return;
  const message = `cannot start: this process may have ${limit} files and sockets open, and ${needed} are needed at least`;
  throw new TroupeError("too-few-descriptors", message, { details: { limit, needed } });
}

function leftFor({ limit, open }: DescriptorUse, counts: ThreadCounts) {
  const { peerWorkers, hashThreads, hasRecords, hasDht } = counts;
  // The engine, the file-worker, the lock keeper; pools for downloads and for checks.
  const threads = 3 + (hasRecords ? 1 : 0) + (hasDht ? 1 : 0) + peerWorkers + 2 * hashThreads;
  const sockets = listenersPerPeerWorker * peerWorkers + (hasDht ? dhtSockets : 0);
  return limit - open - perThread * threads - sockets;
}

function part(of: number, least: number, mostOfIt: number): number {
  return Math.min(Math.max(Math.floor(of / 8), least), mostOfIt);
}
