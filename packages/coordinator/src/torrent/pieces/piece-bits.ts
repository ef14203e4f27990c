// A set of pieces as bits in wire order, compared with a peer's bitfield 32 pieces at a time: a peer without any piece
// of the set costs no look at a piece. Pages of the set without a piece take no memory and no time.

import { clearBit, fillBits, hasBit, nextBit, setBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";

const piecesPerWord = 32;
const wordsPerPage = 128;
const bytesPerWord = 4;
const piecesPerPage = piecesPerWord * wordsPerPage;

/** A bitfield in wire order, and the same memory in words of the machine's byte order. */
export interface BitfieldWords {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
}

/** Piece `at` of the page is bit `at`. */
interface Page extends BitfieldWords {
  /** In words of the torrent. */
  readonly firstWord: number;
  count: number;
}

/** Pieces that were found, and their most. */
interface Found {
  readonly pieces: PieceIndex[];
  readonly limit: number;
}

/** @returns Views of `bytes`; words of a copy if its memory cannot be viewed in words. */
export function wordsOf(bytes: Uint8Array): BitfieldWords {
  const length = Math.ceil(bytes.length / bytesPerWord);
  const { buffer, byteOffset } = bytes;
  const isViewable =
    byteOffset % bytesPerWord === 0 && byteOffset + length * bytesPerWord <= buffer.byteLength;
  if (isViewable) return { bytes, words: new Uint32Array(buffer, byteOffset, length) };
  const copy = new Uint8Array(length * bytesPerWord);
  copy.set(bytes);
  return { bytes, words: new Uint32Array(copy.buffer) };
}

/** A set of pieces of a torrent. */
export class PieceBits {
  readonly #pieceCount: number;
  readonly #pages: (Page | undefined)[];
  #count = 0;

  constructor(pieceCount: number) {
    this.#pieceCount = pieceCount;
    const pageCount = Math.ceil(pieceCount / piecesPerPage);
    this.#pages = Array.from({ length: pageCount }, () => undefined);
  }

  get count(): number {
    return this.#count;
  }

  /** Adds all pieces of the torrent. The set is empty. */
  addAll(): void {
    for (let at = 0; at < this.#pages.length; at++) {
      const page = emptyPage(at);
      page.count = Math.min(piecesPerPage, this.#pieceCount - at * piecesPerPage);
      fillBits(page.bytes, 0, page.count - 1, true);
      this.#pages[at] = page;
    }
    this.#count = this.#pieceCount;
  }

  /** The piece is not in the set. */
  add(piece: PieceIndex): void {
    const at = Math.floor(piece / piecesPerPage);
    const page = (this.#pages[at] ??= emptyPage(at));
    setBit(page.bytes, piece % piecesPerPage);
    page.count++;
    this.#count++;
  }

  /** The piece is in the set. */
  remove(piece: PieceIndex): void {
    const at = Math.floor(piece / piecesPerPage);
    const page = this.#pages[at];
    if (page === undefined) return;
    clearBit(page.bytes, piece % piecesPerPage);
    page.count--;
    this.#count--;
    if (page.count === 0) this.#pages[at] = undefined;
  }

  /**
   * Appends pieces that the set shares with a bitfield until `found` has `limit`.
   *
   * @param from The first piece looked at, rounded down to a multiple of 32; the pieces below it come last.
   */
  collect(has: BitfieldWords, from: number, limit: number, found: PieceIndex[]): void {
    if (this.#count === 0) return;
    const fromWord = Math.floor(from / piecesPerWord);
    const endWord = Math.ceil(this.#pieceCount / piecesPerWord);
    this.#collectBetween(has, fromWord, endWord, { pieces: found, limit });
    this.#collectBetween(has, 0, fromWord, { pieces: found, limit });
  }

  /** @returns The first piece from `from` on, or after the last piece the first of all; undefined for an empty set. */
  next(from: number): PieceIndex | undefined {
    return this.#nextBetween(from, this.#pieceCount) ?? this.#nextBetween(0, from);
  }

  /** @returns The first piece from `from` on. */
  firstFrom(from: number): PieceIndex | undefined {
    return this.#nextBetween(from, this.#pieceCount);
  }

  /** @returns The first piece from `from` on that is not in the set, or the number of pieces. */
  endOfRun(from: number): number {
    let at = from;
    while (at < this.#pieceCount) {
      const page = this.#pages[Math.floor(at / piecesPerPage)];
      const inPage = at % piecesPerPage;
      const isFull = page?.count === piecesPerPage;
      const end = page === undefined ? inPage : isFull ? piecesPerPage : endInPage(page, inPage);
      at += end - inPage;
      if (end < piecesPerPage) break;
    }
    return Math.min(at, this.#pieceCount);
  }

  /** @returns The first piece from `from` to before `end` that the set shares with a bitfield. */
  firstShared(has: BitfieldWords, from: number, end: number): PieceIndex | undefined {
    const endWord = Math.ceil(end / piecesPerWord);
    for (let word = Math.floor(from / piecesPerWord); word < endWord; word++) {
      const at = Math.floor(word / wordsPerPage);
      const page = this.#pages[at];
      if (page === undefined) word = (at + 1) * wordsPerPage - 1;
      else if (((page.words[word % wordsPerPage] ?? 0) & (has.words[word] ?? 0)) !== 0) {
        const last = Math.min(end, (word + 1) * piecesPerWord);
        for (let piece = Math.max(from, word * piecesPerWord); piece < last; piece++)
          if (isShared(page, has, piece)) return piece as PieceIndex;
      }
    }
    return undefined;
  }

  #collectBetween(has: BitfieldWords, fromWord: number, endWord: number, found: Found): void {
    for (let from = fromWord; from < endWord && found.pieces.length < found.limit;) {
      const at = Math.floor(from / wordsPerPage);
      const end = Math.min(endWord, (at + 1) * wordsPerPage);
      const page = this.#pages[at];
      if (page !== undefined) collectPage(page, has, from, end, found);
      from = end;
    }
  }

  #nextBetween(from: number, end: number): PieceIndex | undefined {
    for (let at = Math.floor(from / piecesPerPage); at * piecesPerPage < end; at++) {
      const page = this.#pages[at];
      if (page === undefined) continue;
      const start = at * piecesPerPage;
      const last = Math.min(end - start, piecesPerPage) - 1;
      const found = nextBit(page.bytes, Math.max(0, from - start), last);
      if (found !== undefined) return (start + found) as PieceIndex;
    }
    return undefined;
  }
}

function emptyPage(at: number): Page {
  const firstWord = at * wordsPerPage;
  return { ...wordsOf(new Uint8Array(wordsPerPage * bytesPerWord)), firstWord, count: 0 };
}

/** From word `from` to before `end` of the torrent. The loop is most of the work of a pick in vain. */
function collectPage(
  page: Page,
  has: BitfieldWords,
  from: number,
  end: number,
  found: Found,
): void {
  const { firstWord, words } = page;
  const others = has.words;
  for (let word = from; word < end; word++) {
    if (((words[word - firstWord] ?? 0) & (others[word] ?? 0)) === 0) continue;
    collectWord(page, has, word * piecesPerWord, found);
    if (found.pieces.length >= found.limit) return;
  }
}

function collectWord(
  page: Page,
  has: BitfieldWords,
  first: number,
  { limit, pieces }: Found,
): void {
  const end = first + piecesPerWord;
  for (let piece = first; piece < end && pieces.length < limit; piece++) {
    if (isShared(page, has, piece)) pieces.push(piece as PieceIndex);
  }
}

function isShared(page: Page, has: BitfieldWords, piece: number): boolean {
  return hasBit(page.bytes, piece % piecesPerPage) && hasBit(has.bytes, piece);
}

/** @returns The first place from `from` on without a piece, or the length of the page. */
function endInPage({ bytes }: Page, from: number): number {
  let at = from;
  while (at < piecesPerPage) {
    if ((at & 7) === 0 && bytes[at >> 3] === 0xff) at += 8;
    else if (hasBit(bytes, at)) at += 1;
    else break;
  }
  return at;
}
