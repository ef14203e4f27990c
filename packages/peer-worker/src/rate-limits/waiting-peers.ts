import type { TorrentWeight } from "@troupe/messages";
import { grantUnitBytes } from "@troupe/messages";

/** A peer that may wait for bytes. */
interface WeightedPeer {
  readonly torrent: { readonly weight: TorrentWeight };
}

/** The peers of one weight in the order of their turns, with their due times. */
interface Line<Peer, Waiter> {
  readonly weight: TorrentWeight;
  readonly places: Map<Peer, Place<Waiter>>;
}

interface Place<Waiter> {
  readonly waiter: Waiter;
  /** Bytes that a peer of weight 1 gets before it is this peer's turn. */
  dueBytes: number;
}

/** A line of a round, and its first peer. */
interface RoundLine<Peer, Waiter> extends Line<Peer, Waiter> {
  readonly rest: Iterator<[Peer, Place<Waiter>]>;
  first: [Peer, Place<Waiter>] | undefined;
}

/**
 * The peers that wait for bytes. Peers of one weight have turns in the order in which they began to wait. Among
 * peers of different weights the heavier peer's turn comes sooner after its last one, so that it has more turns.
 */
export class WaitingPeers<Peer extends WeightedPeer, Waiter> {
  /** By weight. Empty lines stay: there are few weights. */
  readonly #lines = new Map<TorrentWeight, Line<Peer, Waiter>>();
  #size = 0;
  /** The due time of the last turn. */
  #nowBytes = 0;
  /** The due time of the peer that {@link inOrder} has yielded. */
  #offeredBytes = 0;

  get size(): number {
    return this.#size;
  }

  /** The weights of all peers together. */
  get weight(): number {
    let weight = 0;
    for (const line of this.#lines.values()) weight += line.weight * line.places.size;
    return weight;
  }

  /** The least weight of a peer; infinite without peers. */
  get leastWeight(): number {
    let least = Infinity;
    for (const { weight, places } of this.#lines.values())
      if (places.size > 0) least = Math.min(least, weight);
    return least;
  }

  has(peer: Peer): boolean {
    return this.#placesOf(peer)?.has(peer) === true;
  }

  get(peer: Peer): Waiter | undefined {
    return this.#placesOf(peer)?.get(peer)?.waiter;
  }

  /** Adds a peer that does not wait, behind the peers of its weight. */
  add(peer: Peer, waiter: Waiter): void {
    const { weight } = peer.torrent;
    let line = this.#lines.get(weight);
    if (line === undefined) {
      line = { weight, places: new Map() };
      this.#lines.set(weight, line);
    }
    line.places.set(peer, { waiter, dueBytes: this.#nowBytes + grantUnitBytes / weight });
    this.#size++;
  }

  remove(peer: Peer): void {
    if (this.#placesOf(peer)?.delete(peer) === true) this.#size--;
  }

  /** The turn of the peer that {@link inOrder} has yielded begins: it waits no more. */
  beginTurn(peer: Peer): void {
    this.#nowBytes = Math.max(this.#nowBytes, this.#offeredBytes);
    this.remove(peer);
  }

  /** The peer has had a turn of so many bytes. If it waits again, its next turn comes by them. */
  endTurn(peer: Peer, bytes: number): void {
    const place = this.#placesOf(peer)?.get(peer);
    if (place === undefined) return;
    // A peer that took nothing goes behind the others, too.
    const turnBytes = Math.max(grantUnitBytes, bytes);
    place.dueBytes = this.#nowBytes + turnBytes / peer.torrent.weight;
  }

  *peers(): Generator<Peer> {
    for (const { places } of this.#lines.values()) yield* places.keys();
  }

  /** Peers in the order of their turns. A peer that waits again after its turn comes again. */
  *inOrder(): Generator<[Peer, Waiter]> {
    const lines = this.#roundLines();
    for (;;) {
      const next = soonest(lines);
      if (next?.first === undefined) return;
      const [peer, place] = next.first;
      next.first = undefined;
      this.#offeredBytes = place.dueBytes;
      yield [peer, place.waiter];
    }
  }

  #roundLines(): RoundLine<Peer, Waiter>[] {
    return [...this.#lines.values()].map((line) => ({
      ...line,
      rest: line.places.entries(),
      first: undefined,
    }));
  }

  #placesOf({ torrent }: Peer): Map<Peer, Place<Waiter>> | undefined {
    return this.#lines.get(torrent.weight)?.places;
  }
}

/** The line whose first peer is due first. */
function soonest<Peer, Waiter>(
  lines: readonly RoundLine<Peer, Waiter>[],
): RoundLine<Peer, Waiter> | undefined {
  let next: RoundLine<Peer, Waiter> | undefined;
  for (const line of lines) {
    const place = firstOf(line)?.[1];
    if (place !== undefined && place.dueBytes < (next?.first?.[1].dueBytes ?? Infinity))
      next = line;
  }
  return next;
}

/** The first peer of a line that still waits. The line is read late: peers join it during the round. */
function firstOf<Peer, Waiter>(line: RoundLine<Peer, Waiter>): [Peer, Place<Waiter>] | undefined {
  const { places, rest } = line;
  while (line.first === undefined || places.get(line.first[0]) !== line.first[1]) {
    const { done, value } = rest.next();
    line.first = done === true ? undefined : value;
    if (done === true) break;
  }
  return line.first;
}
