// Finds the file on the disk for each file of a torrent that can be proven alone. Files of a length are a group: each candidate
// is digested once for each kind of probe, so that many files with many decoys of their length stay cheap.

import { basename } from "node:path";
import type { CheckPool } from "@troupe/hash-worker";
import { hexadecimal } from "@troupe/protocol/bytes";
import { ConcurrencyLimit } from "../../concurrency-limit.ts";
import type { Candidate } from "./candidates.ts";
import { probeKey, type CheckedPieces, type FileProof, type Probe } from "./file-proof.ts";
import { CandidateReader, openCandidate } from "./read-candidate.ts";

/** Groups whose candidates are read side by side, each with an open file. */
const groupsAtOnce = 4;

/** A file that is looked for. */
interface SoughtFile {
  /** Its name in the torrent: a candidate of that name goes first. */
  readonly name: string;
  readonly lengthBytes: number;
  readonly proof: FileProof;
}

/** How files are matched. */
interface MatchServices {
  readonly checkPool: Pick<CheckPool, "checkPieces">;
  readonly signal: AbortSignal | undefined;
  /** A candidate serves one file: it is renamed. */
  readonly isUsedUp: boolean;
  /** Bytes of candidates that were decided. */
  readonly onProgress: (bytes: number) => void;
}

/** The candidates of files, by the index of the file. */
export type FoundFiles = Map<number, Candidate>;

/** @returns Proven candidates. @throws rejects with the signal's reason, or with the check pool's error. */
export async function matchFiles(
  sought: readonly SoughtFile[],
  byLength: ReadonlyMap<number, readonly Candidate[]>,
  services: MatchServices,
): Promise<FoundFiles> {
  const found: FoundFiles = new Map();
  const groups = Map.groupBy(sought, ({ lengthBytes }) => lengthBytes);
  const limit = new ConcurrencyLimit(groupsAtOnce);
  const matched = [...groups].map(([lengthBytes, files]) =>
    limit.run(async () => {
      const group = new Group(files, found, services);
      await group.match(byLength.get(lengthBytes) ?? []);
    }),
  );
  await Promise.all(matched);
  return found;
}

/** Files that have a probe in common. */
interface OpenProbe {
  readonly probe: Probe;
  /** By the digest in hexadecimal digits. */
  readonly byDigest: Map<string, FileProof[]>;
}

class Group {
  readonly #open = new Map<string, OpenProbe>();
  readonly #names: ReadonlySet<string>;
  readonly #found: FoundFiles;
  readonly #services: MatchServices;

  constructor(files: readonly SoughtFile[], found: FoundFiles, services: MatchServices) {
    this.#found = found;
    this.#services = services;
    this.#names = new Set(files.map(({ name }) => name));
    for (const { proof } of files) this.#add(proof);
  }

  async match(candidates: readonly Candidate[]): Promise<void> {
    const { onProgress, signal } = this.#services;
    for (const candidate of this.#inOrder(candidates)) {
      signal?.throwIfAborted();
      if (this.#open.size > 0) await this.#matchOne(candidate);
      onProgress(candidate.lengthBytes);
    }
  }

  #add(proof: FileProof): void {
    const key = probeKey(proof.probe);
    const digest = hexadecimal(proof.expected);
    const open = this.#open.get(key) ?? { probe: proof.probe, byDigest: new Map() };
    this.#open.set(key, open);
    const same = open.byDigest.get(digest);
    if (same === undefined) open.byDigest.set(digest, [proof]);
    else same.push(proof);
  }

  #inOrder(candidates: readonly Candidate[]): readonly Candidate[] {
    const isNamed = ({ path }: Candidate): boolean => this.#names.has(basename(path));
    return [
      ...candidates.filter(isNamed),
      ...candidates.filter((candidate) => !isNamed(candidate)),
    ];
  }

  async #matchOne(candidate: Candidate): Promise<void> {
    await using file = await openCandidate(candidate);
    if (file === undefined) return;
    const reader = new CandidateReader(file, this.#services.signal);
    for (const [key, open] of this.#open) {
      const late = reader.digest(open.probe);
      // A promise for each of many probes would take longer than its digest.
      const digest = late instanceof Promise ? await late : late;
      if (digest === undefined || !open.byDigest.has(digest)) continue;
      const isTaken = await this.#matchDigest(candidate, digest, open);
      if (open.byDigest.size === 0) this.#open.delete(key);
      if (isTaken && this.#services.isUsedUp) return;
    }
  }

  /** @returns Whether the candidate is a file of the torrent. */
  async #matchDigest(
    candidate: Candidate,
    digest: string,
    { byDigest }: OpenProbe,
  ): Promise<boolean> {
    const { isUsedUp } = this.#services;
    const proofs = byDigest.get(digest) ?? [];
    const left: FileProof[] = [];
    let isTaken = false;
    for (const proof of proofs) {
      const isDone = isTaken && isUsedUp;
      if (isDone || !(await this.#isRight(candidate, proof.rest))) left.push(proof);
      else {
        this.#found.set(proof.file, candidate);
        isTaken = true;
      }
    }
    if (left.length === 0) byDigest.delete(digest);
    else byDigest.set(digest, left);
    return isTaken;
  }

  async #isRight({ path }: Candidate, rest: CheckedPieces | undefined): Promise<boolean> {
    return (
      rest === undefined ||
      (await arePiecesRight(this.#services.checkPool, path, rest, this.#services.signal))
    );
  }
}

/** Checks pieces of a file in the threads of the pool, until one is wrong. */
async function arePiecesRight(
  checkPool: Pick<CheckPool, "checkPieces">,
  path: string,
  { zerosBefore, lengthBytes, zerosAfter, pieceLengthBytes, hashes, range }: CheckedPieces,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const wrong = new AbortController();
  const padding = (zeros: number) => ({ path: "", lengthBytes: zeros, isPadding: true });
  const signals = signal === undefined ? [wrong.signal] : [wrong.signal, signal];
  try {
    await checkPool.checkPieces({
      files: [padding(zerosBefore), { path, lengthBytes }, padding(zerosAfter)],
      pieceLengthBytes,
      totalBytes: zerosBefore + lengthBytes + zerosAfter,
      hashes,
      ranges: [range],
      signal: AbortSignal.any(signals),
      onRun: (_first, verdicts) => {
        if (verdicts.includes(0)) wrong.abort();
      },
    });
    return !wrong.signal.aborted;
  } catch (error) {
    if (wrong.signal.aborted) return false;
    throw error;
  }
}
