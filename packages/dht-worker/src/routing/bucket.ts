// A bucket of a routing table: its nodes, and the candidates that wait for the place of one of them.

import { compareTrust, isPingDue, isTrusty, trustMs, type NodeEntry } from "./node-entry.ts";

/** Nodes of a bucket (BEP 5). */
export const bucketSize = 8;
/** Replacement candidates of a bucket. */
const mostCandidates = 8;
/** From one ping of a node to the next. */
const pingPauseMs = 30_000;

/** The part that a bucket gave a node; `refused`: no candidate is worse. */
export type AddedAs = "node" | "candidate" | "refused";

/** The nodes of one range of ids. The table keeps ids, addresses and subnets in it apart. */
export class Bucket {
  /** In the order of their arrival. */
  readonly nodes: NodeEntry[] = [];
  /** Nodes that answered while the bucket was full. */
  readonly candidates: NodeEntry[] = [];
  /** When a node of the bucket answered, arrived, or was replaced. */
  changedMs: number;
  /** When a look-up in the range of the bucket began. */
  refreshedMs = -Infinity;
  readonly #dropped: (node: NodeEntry) => void;

  /** @param dropped Gets each candidate that a better one replaced. */
  constructor(changedMs: number, dropped: (node: NodeEntry) => void) {
    this.changedMs = changedMs;
    this.#dropped = dropped;
  }

  /** Whether the bucket has changed within 15 min (BEP 5). */
  isFresh(nowMs: number): boolean {
    return nowMs - this.changedMs < trustMs;
  }

  /**
   * Takes in a node that has answered. In a full bucket a node whose id fits its address replaces one whose id does not;
   * all others wait as candidates.
   */
  add(node: NodeEntry, capacity: number, nowMs: number): AddedAs {
    if (this.nodes.length < capacity) {
      this.nodes.push(node);
      this.changedMs = nowMs;
      return "node";
    }
    const replaced = node.isSecure ? mostQuestionable(this.nodes, isInsecure) : undefined;
    if (replaced === undefined) return this.#addCandidate(node) ? "candidate" : "refused";
    this.nodes[this.nodes.indexOf(replaced)] = node;
    this.changedMs = nowMs;
    if (!this.#addCandidate(replaced)) this.#dropped(replaced);
    return "node";
  }

  /** Whether a full bucket has a use for a stranger if it answers, and if its id fits its address. */
  hasUseFor(isSecure: boolean, nowMs: number): boolean {
    if (this.candidates.length < mostCandidates) return true;
    return this.nodes.some((node) => !isTrusty(node, nowMs) || (isSecure && !node.isSecure));
  }

  /** The nodes whose ping is due, without those that were pinged a moment ago. */
  nodesToPing(nowMs: number): NodeEntry[] {
    return this.nodes.filter(
      (node) => isPingDue(node, nowMs) && nowMs - node.lastPingMs >= pingPauseMs,
    );
  }

  /** Removes a node or a candidate. The candidate that answered last gets the place of a node. */
  remove(node: NodeEntry, nowMs: number): void {
    takeOut(this.candidates, node);
    if (!takeOut(this.nodes, node)) return;
    const promoted = this.#bestCandidate();
    if (promoted === undefined) return;
    takeOut(this.candidates, promoted);
    this.nodes.push(promoted);
    this.changedMs = nowMs;
  }

  /** Removes all nodes and candidates. @returns The nodes first. */
  takeAll(): NodeEntry[] {
    return [...this.nodes.splice(0), ...this.candidates.splice(0)];
  }

  /** @returns Whether there was room, or a candidate that is worse. */
  #addCandidate(node: NodeEntry): boolean {
    if (this.candidates.length >= mostCandidates) {
      const worst =
        mostQuestionable(this.candidates, isInsecure) ??
        (node.isSecure ? mostQuestionable(this.candidates, () => true) : undefined);
      if (worst === undefined) return false;
      takeOut(this.candidates, worst);
      this.#dropped(worst);
    }
    this.candidates.push(node);
    return true;
  }

  #bestCandidate(): NodeEntry | undefined {
    return this.candidates.toSorted(
      (a, b) => Number(b.isSecure) - Number(a.isSecure) || compareTrust(b, a),
    )[0];
  }
}

function isInsecure({ isSecure }: NodeEntry): boolean {
  return !isSecure;
}

function mostQuestionable(
  nodes: readonly NodeEntry[],
  counts: (node: NodeEntry) => boolean,
): NodeEntry | undefined {
  let most: NodeEntry | undefined;
  for (const node of nodes) {
    if (counts(node) && (most === undefined || compareTrust(node, most) < 0)) most = node;
  }
  return most;
}

/** @returns Whether the node was there. */
function takeOut(nodes: NodeEntry[], node: NodeEntry): boolean {
  const at = nodes.indexOf(node);
  if (at >= 0) nodes.splice(at, 1);
  return at >= 0;
}
