// The search for the files of a torrent: which are missing, which files on the disk have their lengths, and which of those are
// proven.

import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { nodePorts } from "@troupe/actor-runtime";
import { openCheckPool } from "@troupe/hash-worker";
import type { Metainfo } from "@troupe/protocol/metainfo";
import { fileIdentity, findCandidates, type Candidate, type Candidates } from "./candidates.ts";
import { lookAtEdges } from "./edge-pieces.ts";
import { FileProofs } from "./file-proof.ts";
import type { LinkWay } from "./link-ways.ts";
import { lookAt } from "./make-links.ts";
import type { MatchedFile, MatchProgress } from "./match-data.ts";
import { matchFiles, type FoundFiles } from "./match-files.ts";

/** A file of the torrent, and the file on the disk that is proven to be it. */
export type SearchedFile = Omit<MatchedFile, "from"> & { readonly candidate?: Candidate };

/** The files after a search. */
export interface FoundData {
  readonly directory: string;
  /** Without padding. */
  readonly files: readonly SearchedFile[];
  readonly isCut: boolean;
  readonly unreadable: readonly string[];
}

type FileEnd = Pick<SearchedFile, "state" | "candidate" | "reason">;

/** A search. */
interface Search {
  readonly metainfo: Metainfo;
  /** Absolute folders to look into. */
  readonly folders: readonly string[];
  /** The data folder, absolute. */
  readonly directory: string;
  readonly link: LinkWay;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: MatchProgress) => void;
}

/** Searches for the missing files. Makes nothing. @throws as `matchData`. */
export async function findData(search: Search): Promise<FoundData> {
  const { directory, folders, metainfo, onProgress, signal } = search;
  const { there, identities } = await lookAtPlaces(metainfo, directory, signal);
  const missing = [...metainfo.files.entries()].flatMap(([file, { isPadding, lengthBytes }]) =>
    isPadding || lengthBytes === 0 || there.has(file) ? [] : [file],
  );
  const lengths = new Set(missing.map((file) => metainfo.files[file]?.lengthBytes ?? 0));
  const candidates = await findCandidates(missing.length === 0 ? [] : folders, {
    lengths,
    leftOut: identities,
    signal,
    onProgress: (seen) => onProgress?.({ stage: "looking", done: seen }),
  });
  const { proven, reasons } = await prove(search, missing, candidates);
  const end = (file: number, lengthBytes: number): FileEnd => {
    if (there.has(file)) return { state: "there" };
    if (lengthBytes === 0) return { state: "empty" };
    const candidate = proven.get(file);
    if (candidate !== undefined) return { state: "found", candidate };
    const reason = reasons.get(file);
    return reason === undefined ? { state: "missing" } : { state: "unproven", reason };
  };
  const files = metainfo.files.flatMap(({ isPadding, lengthBytes, path }, file) =>
    isPadding ? [] : [{ file, path: path.join("/"), lengthBytes, ...end(file, lengthBytes) }],
  );
  const { isCut, unreadable } = candidates;
  return { directory, files, isCut, unreadable };
}

/** The files whose places are taken. A file there is no candidate: a rename would take it away again. */
async function lookAtPlaces(
  { files }: Metainfo,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly there: ReadonlySet<number>; readonly identities: ReadonlySet<string> }> {
  const there = new Set<number>();
  const identities = new Set<string>();
  for (const [file, { isPadding, path }] of files.entries()) {
    if (isPadding) continue;
    signal?.throwIfAborted();
    const found = await lookAt(join(directory, ...path));
    if (found === undefined) continue;
    there.add(file);
    if (found.isFile()) identities.add(fileIdentity(found));
  }
  return { there, identities };
}

interface Proven {
  readonly proven: FoundFiles;
  /** Why files are unproven. */
  readonly reasons: ReadonlyMap<number, string>;
}

async function prove(
  { link, metainfo, onProgress, signal }: Search,
  missing: readonly number[],
  { byLength }: Candidates,
): Promise<Proven> {
  const proofs = new FileProofs(metainfo);
  const total = [...byLength].reduce((sum, [length, list]) => sum + length * list.length, 0);
  let done = 0;
  const isUsedUp = link === "rename";
  const small = new Set<number>();
  const sought = missing.flatMap((file) => {
    const { lengthBytes = 0, path = [] } = metainfo.files[file] ?? {};
    const proof = byLength.has(lengthBytes) ? proofs.of(file) : undefined;
    if (proof === undefined) small.add(file);
    return proof === undefined ? [] : [{ name: basename(path.join("/")), lengthBytes, proof }];
  });
  const { timers } = nodePorts();
  const checkPool = openCheckPool({ maxThreads: availableParallelism(), timers });
  try {
    const found = await matchFiles(sought, byLength, {
      checkPool,
      signal,
      isUsedUp,
      onProgress: (bytes) => onProgress?.({ stage: "proving", done: (done += bytes), total }),
    });
    const edges = await lookAtEdges(
      { metainfo, map: proofs.map },
      { found, sought: small, byLength },
      { isUsedUp, signal },
    );
    return judge(metainfo, { missing, small, found, byLength, edges });
  } finally {
    await checkPool.close();
  }
}

function judge(
  { files }: Metainfo,
  {
    missing,
    small,
    found,
    byLength,
    edges,
  }: {
    readonly missing: readonly number[];
    readonly small: ReadonlySet<number>;
    readonly found: FoundFiles;
    readonly byLength: Candidates["byLength"];
    readonly edges: Awaited<ReturnType<typeof lookAtEdges>>;
  },
): Proven {
  const proven: FoundFiles = new Map(edges.proven);
  const reasons = new Map<number, string>();
  for (const [file, candidate] of found) {
    if (edges.wrong.has(file))
      reasons.set(file, "a piece that it shares with another found file is wrong");
    else proven.set(file, candidate);
  }
  for (const file of missing) {
    const isThere = byLength.has(files[file]?.lengthBytes ?? 0);
    if (small.has(file) && isThere && !proven.has(file))
      reasons.set(file, "no piece lies in it alone, and none that it shares proves it");
  }
  return { proven, reasons };
}
