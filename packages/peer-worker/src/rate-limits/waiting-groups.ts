import { grantUnitBytes, type TorrentWeight } from "@troupe/messages";
import { WaitingPeers } from "./waiting-peers.ts";

/** A peer that may wait for bytes. */
interface GroupedPeer {
  readonly torrent: { readonly group: string | undefined; readonly weight: TorrentWeight };
}

/** The waiting peers of a group. */
interface Queue<Peer extends GroupedPeer, Waiter> {
  readonly waiting: WaitingPeers<Peer, Waiter>;
  /** Bytes that a group of weight 1 gets before this group has its turn. */
  dueBytes: number;
}

/** A queue in a round. */
interface RoundQueue<Peer extends GroupedPeer, Waiter> {
  readonly queue: Queue<Peer, Waiter>;
  readonly peers: Iterator<[Peer, Waiter], unknown>;
}

/**
 * The peers that wait for bytes, by the groups of their torrents. The peers of torrents without a group are one group. Each
 * group has turns by the weights of its waiting peers, and its peers share the turns by their weights. So a group that
 * waits for its own limit keeps the order of its peers, however much the other groups get meanwhile.
 */
export class WaitingGroups<Peer extends GroupedPeer, Waiter> {
  readonly #queues = new Map<string | undefined, Queue<Peer, Waiter>>();
  #size = 0;
  /** The due time of the last turn. */
  #nowBytes = 0;
  /** The weight of the group whose peer has its turn. */
  #turnWeight = 1;

  get size(): number {
    return this.#size;
  }

  /** Turns after which each peer had its turns by weight, at least one. */
  get turns(): number {
    let weight = 0;
    let least = Infinity;
    for (const { waiting } of this.#queues.values()) {
      weight += waiting.weight;
      least = Math.min(least, waiting.leastWeight);
    }
    return weight === 0 ? 0 : Math.ceil(weight / least);
  }

  has(peer: Peer): boolean {
    return this.#queueOf(peer)?.waiting.has(peer) === true;
  }

  get(peer: Peer): Waiter | undefined {
    return this.#queueOf(peer)?.waiting.get(peer);
  }

  /** Adds a peer that does not wait, behind the peers of its group and weight. */
  add(peer: Peer, waiter: Waiter): void {
    const { group } = peer.torrent;
    let queue = this.#queues.get(group);
    if (queue === undefined) {
      queue = { waiting: new WaitingPeers(), dueBytes: this.#nowBytes };
      this.#queues.set(group, queue);
    }
    queue.waiting.add(peer, waiter);
    this.#size++;
  }

  remove(peer: Peer): void {
    const waiting = this.#queueOf(peer)?.waiting;
    if (waiting?.has(peer) !== true) return;
    waiting.remove(peer);
    this.#size--;
  }

  /** Begins the turn of the peer that {@link inOrder} has yielded. The peer does not wait any more. */
  beginTurn(peer: Peer): void {
    const queue = this.#queueOf(peer);
    if (queue === undefined) return;
    this.#nowBytes = Math.max(this.#nowBytes, queue.dueBytes);
    this.#turnWeight = queue.waiting.weight;
    queue.waiting.beginTurn(peer);
    this.#size--;
  }

  /** Ends the turn of a peer. Its bytes decide when the peer has its next turn. */
  endTurn(peer: Peer, bytes: number): void {
    const queue = this.#queueOf(peer);
    if (queue === undefined) return;
    // A group that took nothing goes behind the others too.
    queue.dueBytes = this.#nowBytes + Math.max(grantUnitBytes, bytes) / this.#turnWeight;
    queue.waiting.endTurn(peer, bytes);
  }

  *peers(): Generator<Peer> {
    for (const { waiting } of this.#queues.values()) yield* waiting.peers();
  }

  /** Peers in the order of their turns. A peer that waits again after its turn comes again. */
  inOrder(): Iterable<[Peer, Waiter]> {
    this.#dropUnused();
    const queues = [...this.#queues.values()];
    const [only] = queues;
    return queues.length === 1 && only !== undefined ? only.waiting.inOrder() : inTurns(queues);
  }

  /** Drops empty queues that are due again: their last turn does not delay their next turn any more. */
  #dropUnused(): void {
    for (const [group, { dueBytes, waiting }] of this.#queues)
      if (waiting.size === 0 && dueBytes <= this.#nowBytes) this.#queues.delete(group);
  }

  #queueOf({ torrent }: Peer): Queue<Peer, Waiter> | undefined {
    return this.#queues.get(torrent.group);
  }
}

/** Peers of the queue that is due first. A peer that does not get its turn does not delay the others of its queue. */
function* inTurns<Peer extends GroupedPeer, Waiter>(
  queues: readonly Queue<Peer, Waiter>[],
): Generator<[Peer, Waiter]> {
  const round: RoundQueue<Peer, Waiter>[] = queues
    .map((queue) => ({ queue, peers: queue.waiting.inOrder() }))
    .toSorted((one, other) => one.queue.dueBytes - other.queue.dueBytes);
  for (let [next] = round; next !== undefined; [next] = round) {
    const { dueBytes } = next.queue;
    const { done, value } = next.peers.next();
    if (done !== true) yield value;
    if (done !== true && next.queue.dueBytes === dueBytes) continue;
    round.shift();
    if (done !== true) round.splice(placeOf(next, round), 0, next);
  }
}

/** The place of a queue among others by the due times. */
function placeOf<Peer extends GroupedPeer, Waiter>(
  { queue }: RoundQueue<Peer, Waiter>,
  others: readonly RoundQueue<Peer, Waiter>[],
): number {
  let [from, to] = [0, others.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((others[middle]?.queue.dueBytes ?? Infinity) < queue.dueBytes) from = middle + 1;
    else to = middle;
  }
  return from;
}
