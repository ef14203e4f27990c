// The nodes that a DHT node knows (BEP 5, "Routing Table"): many near its own id, a few of each farther range.

import { addressKey } from "@troupe/protocol/address";
import {
  commonPrefixBits,
  isSameId,
  nodeIdBits,
  nodeIdBytes,
  type Contact,
  type NodeId,
} from "@troupe/protocol/dht";
import { failedAfterMs } from "../transactions/transactions.ts";
import { Bucket, bucketSize, type AddedAs } from "./bucket.ts";
import { nearestNodes, type NearestOptions } from "./nearest.ts";
import {
  compareTrust,
  isTrusty,
  makeNodeEntry,
  trustMs,
  type AddressRules,
  type AnsweringNode,
  type NodeEntry,
} from "./node-entry.ts";

/** Nodes of the farthest buckets, which cover most of the ids: most look-ups begin in them. */
const farBucketSizes: readonly number[] = [128, 64, 32, 16];
/** Buckets of a table: enough for 2⁴⁰ nodes. Ids chosen next to ours cannot make it deeper. */
const mostBuckets = 40;
/** Failures in a row that remove a node. */
const failuresToRemove = 2;

/** Settings of a table. */
interface RoutingTableOptions extends AddressRules {
  /** Our own id. */
  readonly id: NodeId;
}

/** The routing table of one family. */
export class RoutingTable {
  readonly #rules: AddressRules;
  #id: NodeId;
  /** Bucket n has the ids that share n bits with ours; the last one also has ids that share more, such as ours. */
  #buckets: Bucket[] = [];
  readonly #byKey = new Map<string, NodeEntry>();

  constructor({ id, ...rules }: RoutingTableOptions) {
    this.#id = id;
    this.#rules = rules;
  }

  /** Our own id. */
  get id(): NodeId {
    return this.#id;
  }

  /** Nodes, without candidates. */
  get size(): number {
    return this.#buckets.reduce((sum, { nodes }) => sum + nodes.length, 0);
  }

  /** Nodes that wait for the place of another. */
  get candidates(): number {
    return this.#byKey.size - this.size;
  }

  /** Buckets: the bits of our id that ids of the last one share, plus one. */
  get depth(): number {
    return this.#buckets.length;
  }

  /** From the bucket of the farthest ids on. */
  get buckets(): readonly Bucket[] {
    return this.#buckets;
  }

  /** Nodes and candidates. */
  entries(): Iterable<NodeEntry> {
    return this.#byKey.values();
  }

  /** The node or candidate of an address. */
  find(host: string, port: number): NodeEntry | undefined {
    const node = this.#byKey.get(host) ?? this.#byKey.get(addressKey(host, port));
    return node?.port === port ? node : undefined;
  }

  /** At most `count` nodes by their distance to the target; candidates are not among them. */
  nearest(target: NodeId, count: number, options: NearestOptions = {}): NodeEntry[] {
    return nearestNodes(this.#buckets, this.#id, target, count, options);
  }

  /**
   * A node answered a query of ours: the only way into the table. An address that answers with another id than before
   * loses its old entry.
   *
   * @returns Its part from now on.
   */
  answered(node: AnsweringNode, nowMs: number): AddedAs {
    const known = this.find(node.host, node.port);
    if (known !== undefined && isSameId(known.id, node.id)) return this.#renew(known, node, nowMs);
    if (known !== undefined) this.#remove(known, nowMs);
    const newcomer = this.#newcomer(node, nowMs);
    return newcomer === undefined ? "refused" : this.#enter(newcomer, nowMs);
  }

  /** Whether a stranger, which sent a query or was named by another node, would get a place if it answered. */
  mayEnter(contact: Contact, nowMs: number): boolean {
    if (this.find(contact.host, contact.port) !== undefined) return false;
    // An address costs more than its bucket, and most strangers are for a full one.
    if (!this.#hasRoomFor(contact.id, true, nowMs)) return false;
    const stranger = this.#newcomer({ ...contact, roundTripMs: 0 }, nowMs);
    if (stranger === undefined || !this.#hasRoomFor(stranger.id, stranger.isSecure, nowMs))
      return false;
    return this.#rivalsOf(stranger).every((rival) => givesWay(rival, stranger, nowMs));
  }

  /** A query got no answer. The second in a row removes the node; addresses that are not in the table are ignored. */
  failed(host: string, port: number, nowMs: number): void {
    const node = this.find(host, port);
    if (node === undefined) return;
    // Queries that fail within the time of one were under way together, and count as one.
    if (nowMs - Math.max(node.lastFailureMs, node.lastAnswerMs) < failedAfterMs) return;
    node.failures++;
    node.lastFailureMs = nowMs;
    if (node.failures >= failuresToRemove) this.#remove(node, nowMs);
  }

  /** Removes a node or candidate. */
  forget(host: string, port: number, nowMs: number): void {
    const node = this.find(host, port);
    if (node !== undefined) this.#remove(node, nowMs);
  }

  /**
   * The next nodes to ping, at most `count`: the most questionable ones first, those of buckets in which a candidate waits
   * before all others. They are marked as pinged.
   */
  nodesToPing(count: number, nowMs: number): NodeEntry[] {
    const inBuckets = (hasCandidate: boolean): NodeEntry[] =>
      this.#buckets
        .filter(({ candidates }) => candidates.length > 0 === hasCandidate)
        .flatMap((bucket) => bucket.nodesToPing(nowMs))
        .toSorted(compareTrust);
    const next = [...inBuckets(true), ...inBuckets(false)].slice(0, count);
    for (const node of next) node.lastPingMs = nowMs;
    return next;
  }

  /**
   * A target for a look-up in the range of a bucket that is new, has not changed within 15 min, or is not full. Each
   * bucket has one look-up in 15 min. A table with few nodes grows by it, from bucket to bucket.
   *
   * @param random Gives so many random bytes.
   * @returns Undefined when no look-up is due, and for an empty table.
   */
  refreshTarget(nowMs: number, random: (length: number) => Uint8Array): NodeId | undefined {
    const due = this.#buckets
      .filter((bucket) => nowMs - bucket.refreshedMs >= trustMs)
      .filter((bucket) => isWorthRefresh(bucket, nowMs))
      .toSorted((a, b) => a.refreshedMs - b.refreshedMs || a.changedMs - b.changedMs)[0];
    if (due === undefined || this.#byKey.size === 0) return undefined;
    due.refreshedMs = nowMs;
    return this.#idInRange(this.#buckets.indexOf(due), random(nodeIdBytes));
  }

  /** Changes our own id, and with it the buckets of all nodes. */
  setId(id: NodeId, nowMs: number): void {
    const known = this.#buckets.map((bucket) => bucket.takeAll()).flat();
    this.#id = id;
    this.#buckets = [];
    this.#byKey.clear();
    for (const node of known) if (!isSameId(node.id, id)) this.#enter(node, nowMs);
  }

  /** An answer of a node that is there. */
  #renew(node: NodeEntry, { roundTripMs, version }: AnsweringNode, nowMs: number): AddedAs {
    node.lastAnswerMs = nowMs;
    node.failures = 0;
    node.roundTripMs = roundTripMs;
    node.roundTrips.add(roundTripMs);
    node.version = version ?? node.version;
    const bucket = this.#bucketOf(node.id);
    if (bucket?.nodes.includes(node) !== true) return "candidate";
    bucket.changedMs = nowMs;
    return "node";
  }

  #hasRoomFor(id: NodeId, isSecure: boolean, nowMs: number): boolean {
    const index = this.#indexOf(id);
    const bucket = this.#buckets[index];
    if (bucket === undefined || bucket.nodes.length < capacityAt(index)) return true;
    return this.#splitsFor(id, index) || bucket.hasUseFor(isSecure, nowMs);
  }

  #newcomer(node: AnsweringNode, nowMs: number): NodeEntry | undefined {
    return isSameId(node.id, this.#id) ? undefined : makeNodeEntry(node, this.#rules, nowMs);
  }

  /** The nodes beside which the newcomer cannot be: of its address, its id, or its subnet in the same bucket. */
  #rivalsOf(newcomer: NodeEntry): NodeEntry[] {
    const rivals: NodeEntry[] = [];
    const bucket = this.#bucketOf(newcomer.id);
    for (const node of bucket?.nodes ?? []) if (isRival(node, newcomer)) rivals.push(node);
    for (const node of bucket?.candidates ?? []) if (isRival(node, newcomer)) rivals.push(node);
    const sameKey = this.#byKey.get(newcomer.key);
    if (sameKey !== undefined && !rivals.includes(sameKey)) rivals.push(sameKey);
    return rivals;
  }

  #enter(newcomer: NodeEntry, nowMs: number): AddedAs {
    const rivals = this.#rivalsOf(newcomer);
    if (!rivals.every((rival) => givesWay(rival, newcomer, nowMs))) return "refused";
    for (const rival of rivals) this.#remove(rival, nowMs);
    return this.#add(newcomer, nowMs);
  }

  #add(node: NodeEntry, nowMs: number): AddedAs {
    if (this.#buckets.length === 0) this.#appendBucket(nowMs);
    const index = this.#indexOf(node.id);
    if (this.#splitsFor(node.id, index)) {
      this.#splitLast(nowMs);
      return this.#add(node, nowMs);
    }
    this.#byKey.set(node.key, node);
    const added = this.#buckets[index]?.add(node, capacityAt(index), nowMs) ?? "refused";
    if (added === "refused") this.#byKey.delete(node.key);
    return added;
  }

  #remove(node: NodeEntry, nowMs: number): void {
    this.#byKey.delete(node.key);
    this.#bucketOf(node.id)?.remove(node, nowMs);
  }

  #indexOf(id: NodeId): number {
    return Math.min(commonPrefixBits(this.#id, id), this.#buckets.length - 1);
  }

  #bucketOf(id: NodeId): Bucket | undefined {
    return this.#buckets[this.#indexOf(id)];
  }

  #appendBucket(nowMs: number): void {
    this.#buckets.push(new Bucket(nowMs, ({ key }) => this.#byKey.delete(key)));
  }

  /** Whether the last bucket splits before a node is added: it is full, and the split separates its nodes. */
  #splitsFor(newId: NodeId, index: number): boolean {
    const isLast = index === this.#buckets.length - 1;
    const nodes = this.#buckets[index]?.nodes ?? [];
    if (!isLast || index + 1 >= mostBuckets || nodes.length < bucketSize) return false;
    const isFarther = (id: NodeId): boolean => commonPrefixBits(this.#id, id) === index;
    const first = isFarther(newId);
    return nodes.some(({ id }) => isFarther(id) !== first);
  }

  #splitLast(nowMs: number): void {
    const nodes = this.#buckets.at(-1)?.takeAll() ?? [];
    this.#appendBucket(nowMs);
    for (const node of nodes) this.#add(node, nowMs);
  }

  /**
   * An id of the bucket's range, from 20 random bytes. The last bucket gives our own id, unless all its nodes are in the
   * half that ours is in: only nodes of both halves split it.
   */
  #idInRange(index: number, random: Uint8Array): NodeId {
    const id = new Uint8Array(this.#id) as NodeId;
    const isFarther = (node: NodeEntry): boolean => commonPrefixBits(this.#id, node.id) === index;
    const isLast = index === this.#buckets.length - 1;
    if (isLast && this.#buckets[index]?.nodes.some(isFarther) === true) return id;
    for (let bit = index + 1; bit < nodeIdBits; bit++) {
      if (isBitSet(random, bit) !== isBitSet(id, bit)) flipBit(id, bit);
    }
    flipBit(id, index);
    return id;
  }
}

function isWorthRefresh(bucket: Bucket, nowMs: number): boolean {
  const isNew = bucket.refreshedMs === -Infinity;
  return isNew || !bucket.isFresh(nowMs) || bucket.nodes.length < bucketSize;
}

function capacityAt(index: number): number {
  return farBucketSizes[index] ?? bucketSize;
}

/** Whether two nodes cannot be in one bucket: they have one id or one subnet. */
function isRival(a: NodeEntry, b: NodeEntry): boolean {
  if (a.subnet !== undefined && a.subnet === b.subnet) return true;
  return a.idStart === b.idStart && isSameId(a.id, b.id);
}

/** Whether a node leaves its place to another that cannot be beside it. */
function givesWay(rival: NodeEntry, newcomer: NodeEntry, nowMs: number): boolean {
  return !isTrusty(rival, nowMs) || (newcomer.isSecure && !rival.isSecure);
}

function isBitSet(bytes: Uint8Array, bit: number): boolean {
  return (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
}

function flipBit(bytes: Uint8Array, bit: number): void {
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
}
