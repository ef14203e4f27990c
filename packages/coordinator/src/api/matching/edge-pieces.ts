// Pieces with bytes of several files, which version 1 has. They prove small files that have no piece alone: with the right
// candidates of all their files they have the right hash. And they show that the ends of a proven file are not those of the
// torrent.

import { startSha1, type RunningHash } from "@troupe/protocol/bytes";
import type { FileMap, FileSpan, Metainfo } from "@troupe/protocol/metainfo";
import type { Candidate } from "./candidates.ts";
import type { FoundFiles } from "./match-files.ts";
import { feed, feedZeros, openCandidate } from "./read-candidate.ts";

/** Ways to choose a file of each length that are tried for a piece. With more, its small files stay unproven. */
const mostChoices = 64;

/** The result of a look at pieces of several files. */
interface EdgeResult {
  /** Small files whose pieces are all right, with their candidates. */
  readonly proven: FoundFiles;
  /** Files that were found by their own pieces and share a wrong piece with others of those. */
  readonly wrong: ReadonlySet<number>;
}

interface EdgeServices {
  readonly signal: AbortSignal | undefined;
  /** A candidate serves one file: it is renamed. */
  readonly isUsedUp: boolean;
}

/** @param found Files that were proven by their own pieces. @throws rejects with the signal's reason. */
export async function lookAtEdges(
  { metainfo, map }: { readonly metainfo: Metainfo; readonly map: FileMap },
  { found, sought, byLength }: EdgeFiles,
  services: EdgeServices,
): Promise<EdgeResult> {
  const look = new EdgeLook(metainfo, map, { found, sought, byLength }, services);
  for (const piece of edgePieces(metainfo, map)) {
    services.signal?.throwIfAborted();
    await look.at(piece);
  }
  return look.result();
}

interface EdgeFiles {
  readonly found: ReadonlyMap<number, Candidate>;
  /** Files without a proof of their own. */
  readonly sought: ReadonlySet<number>;
  readonly byLength: ReadonlyMap<number, readonly Candidate[]>;
}

/** Pieces with bytes of several files, ascending. */
function edgePieces({ files }: Metainfo, map: FileMap): number[] {
  const pieces = new Set<number>();
  for (const [file, { isPadding }] of files.entries()) {
    const range = map.piecesOf(file);
    if (range !== undefined && !isPadding) for (const piece of range) pieces.add(piece);
  }
  const isShared = (piece: number): boolean =>
    map.spansOf(piece).filter((span) => files[span.file]?.isPadding !== true).length > 1;
  return [...pieces].filter(isShared).toSorted((one, other) => one - other);
}

class EdgeLook {
  readonly #metainfo: Metainfo;
  readonly #map: FileMap;
  readonly #files: EdgeFiles;
  readonly #services: EdgeServices;
  readonly #chosen = new Map<number, Candidate>();
  readonly #unproven = new Set<number>();
  readonly #wrong = new Set<number>();
  readonly #used = new Set<Candidate>();

  constructor(metainfo: Metainfo, map: FileMap, files: EdgeFiles, services: EdgeServices) {
    this.#metainfo = metainfo;
    this.#map = map;
    this.#files = files;
    this.#services = services;
    if (services.isUsedUp) this.#used = new Set(files.found.values());
  }

  async at(piece: number): Promise<void> {
    const spans = this.#map.spansOf(piece);
    const files = spans.flatMap(({ file }) => (this.#isPadding(file) ? [] : [file]));
    const small = files.filter((file) => this.#files.sought.has(file));
    const options = files.map((file) => this.#optionsOf(file));
    const count = options.reduce((product, list) => product * list.length, 1);
    const right =
      count === 0 || count > mostChoices
        ? undefined
        : await this.#rightChoice(piece, files, options);
    if (right !== undefined) {
      for (const file of small) this.#choose(file, right);
      return;
    }
    for (const file of small) this.#unproven.add(file);
    // A decoy in the place of a small file says nothing about the others.
    if (count === 1 && small.length === 0) for (const file of files) this.#wrong.add(file);
  }

  result(): EdgeResult {
    const proven: FoundFiles = new Map(
      [...this.#chosen].filter(([file]) => !this.#unproven.has(file)),
    );
    return { proven, wrong: this.#wrong };
  }

  #isPadding(file: number): boolean {
    return this.#metainfo.files[file]?.isPadding === true;
  }

  #choose(file: number, right: ReadonlyMap<number, Candidate>): void {
    const candidate = right.get(file);
    if (candidate === undefined) return;
    this.#chosen.set(file, candidate);
    if (this.#services.isUsedUp) this.#used.add(candidate);
  }

  #optionsOf(file: number): readonly Candidate[] {
    const known = this.#files.found.get(file) ?? this.#chosen.get(file);
    if (known !== undefined) return [known];
    if (!this.#files.sought.has(file)) return [];
    const lengthBytes = this.#metainfo.files[file]?.lengthBytes ?? 0;
    const candidates = this.#files.byLength.get(lengthBytes) ?? [];
    return candidates.filter((candidate) => !this.#used.has(candidate)).slice(0, mostChoices + 1);
  }

  /** @returns The candidates of each file with which the piece has its hash. */
  async #rightChoice(
    piece: number,
    files: readonly number[],
    options: readonly (readonly Candidate[])[],
  ): Promise<ReadonlyMap<number, Candidate> | undefined> {
    for (const choice of choices(options)) {
      const byFile = new Map(choice.map((candidate, index) => [files[index] ?? -1, candidate]));
      const isTwice = this.#services.isUsedUp && new Set(choice).size < choice.length;
      if (!isTwice && (await this.#isRight(piece, byFile))) return byFile;
    }
    return undefined;
  }

  async #isRight(piece: number, byFile: ReadonlyMap<number, Candidate>): Promise<boolean> {
    const hash = startSha1();
    for (const span of this.#map.spansOf(piece)) {
      if (this.#isPadding(span.file)) feedZeros(hash, span.lengthBytes);
      else if (!(await this.#feed(hash, byFile.get(span.file), span))) return false;
    }
    return this.#metainfo.pieceHashes.matches(piece, hash.digest());
  }

  async #feed(
    hash: RunningHash,
    candidate: Candidate | undefined,
    span: FileSpan,
  ): Promise<boolean> {
    if (candidate === undefined) return false;
    await using file = await openCandidate(candidate);
    return file !== undefined && (await feed(hash, file, span, this.#services.signal));
  }
}

/** @param lists None is empty. @returns All ways to choose one of each list. */
function* choices<Item>(lists: readonly (readonly Item[])[]): Generator<readonly Item[]> {
  const count = lists.reduce((product, list) => product * list.length, 1);
  for (let choice = 0; choice < count; choice++) {
    let left = choice;
    yield lists.flatMap((list) => {
      const item = list[left % list.length];
      left = Math.floor(left / list.length);
      return item === undefined ? [] : [item];
    });
  }
}
