// Which hashes of pieces are asked of which peer (BEP 52). Equal events in equal order give equal requests: time is an
// argument, and nothing is sent from here.
//
// Hashes are asked for in ranges of 512, each with its proof. A range is asked of one peer, and of another when it has not
// come within two seconds.

import { heightOf, type HashRange } from "@troupe/protocol/merkle";

/** Hashes of a request (BEP 52: should not be more). */
const rangeHashes = 512;
/** Requests that a peer may owe. */
const asksPerPeer = 2;
/** Another peer is asked after this time. */
const overdueMs = 2_000;
/** A peer that rejects is asked nothing for this time, which doubles with each further reject in a row. */
const firstRestMs = 1_000;
const longestRestMs = 30_000;
/**
 * Ranges that a decision looks at. A torrent may have thousands that no peer can give; the next decision goes on behind
 * these.
 */
const looksPerDecision = 4_096;

/** Hashes of pieces of a file that are not known. */
interface LayerRange {
  readonly file: number;
  readonly range: HashRange;
  /** In the torrent. */
  readonly firstPiece: number;
  /** Pieces of the file in the range. */
  readonly pieces: number;
}

/** A file with several pieces. */
interface LayerFile {
  readonly file: number;
  readonly firstPiece: number;
  readonly pieces: number;
}

/** A peer that may be asked. */
export interface LayerPeer {
  readonly key: string;
  /** Whether it has a piece from `first` to before `end`. */
  hasAnyOf(first: number, end: number): boolean;
}

/** A request to make. */
export interface LayerAsk {
  readonly key: string;
  readonly file: number;
  readonly range: HashRange;
}

interface OpenRange extends LayerRange {
  /** Peers that were asked, and when. */
  readonly asked: Map<string, number>;
  isKnown: boolean;
}

/** A peer's requests. */
interface AskedPeer {
  readonly owed: Set<string>;
  rejects: number;
  restUntilMs: number;
  /** The range to look at next. */
  at: number;
}

/** The hash layers of a torrent that are not known, and the requests for them. */
export class LayerFetch {
  #open: OpenRange[];
  readonly #byName: Map<string, OpenRange>;
  readonly #peers = new Map<string, AskedPeer>();

  /**
   * @param files Files with several pieces.
   * @param isKnown Whether the hash of a piece is known.
   */
  constructor(files: Iterable<LayerFile>, pieceLayer: number, isKnown: (piece: number) => boolean) {
    this.#open = [...files].flatMap((file) => rangesOf(file, pieceLayer, isKnown));
    this.#byName = new Map(this.#open.map((range) => [nameOf(range.file, range.range), range]));
  }

  /** All hashes are known. */
  get isDone(): boolean {
    return this.#byName.size === 0;
  }

  /** Ranges that are not known. */
  get length(): number {
    return this.#byName.size;
  }

  /** Ranges with such a piece go first from here on. */
  prefer(isWanted: (piece: number) => boolean): void {
    const wanted = ({ firstPiece, pieces }: LayerRange): boolean => {
      for (let piece = firstPiece; piece < firstPiece + pieces; piece++)
        if (isWanted(piece)) return true;
      return false;
    };
    const { first = [], later = [] } = Object.groupBy(this.#open, (range) =>
      wanted(range) ? "first" : "later",
    );
    this.#open = [...first, ...later];
    for (const peer of this.#peers.values()) peer.at = 0;
  }

  /** To be called after each event, and several times a second. @returns The requests to make now. */
  decide(peers: Iterable<LayerPeer>, nowMs: number): readonly LayerAsk[] {
    const asks: LayerAsk[] = [];
    let looks = looksPerDecision;
    for (const peer of peers) {
      const known = this.#peerOf(peer.key);
      if (known.restUntilMs > nowMs) continue;
      for (let look = 0; look < this.#open.length && looks > 0; look++) {
        if (known.owed.size >= asksPerPeer) break;
        looks--;
        const open = this.#open[known.at % this.#open.length];
        known.at = (known.at + 1) % this.#open.length;
        if (open === undefined || !mayAsk(open, peer, nowMs)) continue;
        open.asked.set(peer.key, nowMs);
        known.owed.add(nameOf(open.file, open.range));
        asks.push({ key: peer.key, file: open.file, range: open.range });
      }
      if (looks === 0) break;
    }
    return asks;
  }

  /** Right hashes have come. @returns Their pieces; undefined if they are known. */
  came(key: string, file: number, range: HashRange): LayerRange | undefined {
    const name = nameOf(file, range);
    const peer = this.#peerOf(key);
    peer.owed.delete(name);
    peer.rejects = 0;
    const open = this.#byName.get(name);
    if (open === undefined) return undefined;
    open.isKnown = true;
    this.#byName.delete(name);
    // Moved together now and then, not with each of thousands of ranges.
    if (this.#byName.size * 2 < this.#open.length)
      this.#open = this.#open.filter(({ isKnown }) => !isKnown);
    return open;
  }

  /** A peer does not send hashes. */
  rejected(key: string, file: number, range: HashRange, nowMs: number): void {
    const name = nameOf(file, range);
    const peer = this.#peerOf(key);
    if (!peer.owed.delete(name)) return;
    this.#byName.get(name)?.asked.delete(key);
    peer.restUntilMs = nowMs + Math.min(longestRestMs, firstRestMs * 2 ** peer.rejects);
    peer.rejects++;
  }

  /** The connection of a peer has ended. */
  closed(key: string): void {
    const peer = this.#peers.get(key);
    if (peer === undefined) return;
    this.#peers.delete(key);
    for (const name of peer.owed) this.#byName.get(name)?.asked.delete(key);
  }

  #peerOf(key: string): AskedPeer {
    const known = this.#peers.get(key);
    if (known !== undefined) return known;
    const peer = { owed: new Set<string>(), rejects: 0, restUntilMs: 0, at: 0 };
    this.#peers.set(key, peer);
    return peer;
  }
}

function nameOf(file: number, { index }: HashRange): string {
  return `${file}/${index}`;
}

function mayAsk({ asked, firstPiece, isKnown, pieces }: OpenRange, peer: LayerPeer, nowMs: number) {
  if (isKnown || asked.has(peer.key)) return false;
  for (const sinceMs of asked.values()) if (nowMs - sinceMs < overdueMs) return false;
  return peer.hasAnyOf(firstPiece, firstPiece + pieces);
}

function rangesOf(
  { file, firstPiece, pieces }: LayerFile,
  pieceLayer: number,
  isKnown: (piece: number) => boolean,
): OpenRange[] {
  const height = heightOf(pieces);
  const length = Math.min(rangeHashes, 2 ** height);
  const ranges: OpenRange[] = [];
  for (let index = 0; index < pieces; index += length) {
    const count = Math.min(length, pieces - index);
    if (isKnownAll(firstPiece + index, count, isKnown)) continue;
    const range = { baseLayer: pieceLayer, index, length, proofLayers: height - 1 };
    ranges.push({
      file,
      range,
      firstPiece: firstPiece + index,
      pieces: count,
      asked: new Map(),
      isKnown: false,
    });
  }
  return ranges;
}

function isKnownAll(first: number, count: number, isKnown: (piece: number) => boolean): boolean {
  for (let piece = first; piece < first + count; piece++) if (!isKnown(piece)) return false;
  return true;
}
