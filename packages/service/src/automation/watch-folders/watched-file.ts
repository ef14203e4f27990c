// Files of a watch folder: which of them are due. A function of two scans: no file is read while it grows.

/** The facts of a file, by one look. */
export interface FileFacts {
  /** Without its folder. */
  readonly name: string;
  readonly isRegular: boolean;
  readonly sizeBytes: number;
  /** Numbers of the system as decimal digits: they may exceed 2^53. */
  readonly inode: string;
  readonly modifiedNs: string;
  /** Also changes with owner and mode. */
  readonly changedNs: string;
}

/** A file as it was known at the last scan. */
export interface WatchedFile {
  readonly facts: FileFacts;
  readonly state: FileState;
}

/** `seen`: at one scan alone. `refused`: waits for a change. `done`: stays in the folder, and its torrent was added. */
export type FileState =
  | { readonly kind: "seen" | "refused" | "done" }
  /** The torrent could not be added for a reason that may pass. */
  | { readonly kind: "failed"; readonly tries: number; readonly againAtMs: number };

/** The outcome of a scan. */
interface Settled {
  /** By name. */
  readonly files: ReadonlyMap<string, WatchedFile>;
  /** Files that are to be read now, by name. */
  readonly due: readonly FileFacts[];
}

const seen: FileState = { kind: "seen" };
const done: FileState = { kind: "done" };

/**
 * Compares a scan with the one before. A file is due when two scans agree on it, unless it waits for a change.
 *
 * @param isKept Whether an earlier run has added the torrent of a file that stays.
 * @param nowMs Monotonic.
 */
export function settle(
  before: ReadonlyMap<string, WatchedFile>,
  scan: readonly FileFacts[],
  isKept: (facts: FileFacts) => boolean,
  nowMs: number,
): Settled {
  const files = new Map<string, WatchedFile>();
  const due: FileFacts[] = [];
  for (const facts of scan) {
    const known = before.get(facts.name);
    if (known === undefined || !isSame(known.facts, facts)) {
      files.set(facts.name, { facts, state: isKept(facts) ? done : seen });
      continue;
    }
    files.set(facts.name, known);
    if (isDue(known, nowMs)) due.push(facts);
  }
  return { files, due: due.toSorted((one, other) => (one.name < other.name ? -1 : 1)) };
}

/** An empty file is still being made. */
function isDue({ facts, state }: WatchedFile, nowMs: number): boolean {
  if (facts.isRegular && facts.sizeBytes === 0) return false;
  return state.kind === "seen" || (state.kind === "failed" && nowMs >= state.againAtMs);
}

/** Whether two looks see the same file with the same content. */
export function isSame(one: FileFacts, other: FileFacts): boolean {
  return (
    one.inode === other.inode &&
    one.sizeBytes === other.sizeBytes &&
    one.modifiedNs === other.modifiedNs &&
    one.changedNs === other.changedNs &&
    one.isRegular === other.isRegular
  );
}
