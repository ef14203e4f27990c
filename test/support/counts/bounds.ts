// The most that a transfer may take, in one table. Bounds of messages and calls are a little above the count on a quiet
// machine. Bounds of objects and promises are up to a half above it: a starved machine compiles later, and cold code makes
// more. Lower a bound in the commit that lowers its count. Raise none without its reason in the commit.

/** Bounds of a download of 64 MiB in 256 pieces of 256 KiB, a piece. */
export const downloadBounds = {
  /** Messages from one thread to another, `pool` for the hash pool and `root` for the thread of the command. */
  messages: {
    "peer-0 → engine": 0.8,
    "engine → pool": 0.5,
    "pool → engine": 0.5,
    "engine → file-0": 0.5,
    "file-0 → engine": 0.5,
    "engine → peer-0": 0.5,
    "engine → root": 0.2,
    "file-0 → records": 0.02,
    "main → engine": 0.02,
  },
  /** Posts that carry these messages: several messages go out in one frame. */
  frames: {
    "peer-0 → engine": 0.5,
    "engine → file-0": 0.5,
    "file-0 → engine": 0.5,
    "engine → peer-0": 0.5,
    "engine → root": 0.2,
    "file-0 → records": 0.02,
    "main → engine": 0.02,
  },
  promises: { main: 0.2, engine: 5, "peer-0": 0, "file-0": 0.2 },
  objects: { main: 60, engine: 240, "peer-0": 155, "file-0": 100 },
} as const satisfies Record<string, Readonly<Record<string, number>>>;

/** Bounds of the objects of a download of 64 MiB in 64 pieces of 1 MiB, a piece, while promises are counted as well. */
export const largePieceObjects = { main: 140, engine: 600, "peer-0": 480, "file-0": 420 } as const;

/**
 * Bounds of 64 MiB in 64 pieces of 1 MiB, a block: promises of all functions of the peer-worker, and objects of the
 * function that makes most. Cold code boxes its numbers, so that a count of 0 is never seen; an object for each block is 1.
 */
export const blockBounds = { promises: 0, objectsOfOneFunction: 0.7 } as const;

/** Bounds of system calls, of downloads of 64 MiB in pieces of 1 MiB. */
export const systemCallBounds = {
  /**
   * Calls of the threads that write 512 files of 128 KiB, below the data folder. The thread that creates files ahead
   * has its own bound: strace makes creating a file slow enough for it to start.
   */
  callsAFile: 5,
  makerCallsAFile: 1.8,
  /** Calls of the thread that syncs them; it syncs some of them before the download ends. */
  syncCallsAFile: 4,
  /** On the single file, from its first look to its close. */
  fileCallsAGibibyte: 9_700,
  /** Reads of sockets; under strace a read brings more than without. */
  socketReadsABlock: 0.2,
  socketWritesABlock: 0.1,
  /** Reads of the file that is seeded. */
  uploadReadsABlock: 1.05,
} as const;

/** Bounds of the code that a thread has loaded by the end of a download, from the bundle, in characters. */
export const scriptBounds = {
  main: 1_770_000,
  engine: 1_610_000,
  "peer-0": 1_130_000,
  "file-0": 740_000,
} as const satisfies Readonly<Record<string, number>>;

/** Bounds of the heap and buffers that an idle connection takes, in bytes, by the side that opened it. */
export const connectionBounds = {
  accepted: { main: 500, engine: 900, "peer-0": 3_600, "file-0": 300 },
  dialled: { main: 550, engine: 1_200, "peer-0": 3_700, "file-0": 300 },
  mixed: { main: 525, engine: 1_100, "peer-0": 3_650, "file-0": 300 },
} as const satisfies Record<string, Readonly<Record<string, number>>>;

/**
 * Bounds of whole torrents without peers, of 64 pieces, a torrent: bytes of the heap after a garbage collection, bytes of
 * typed arrays outside of it, and bytes of shared memory; objects in a second.
 */
export const idleBounds = {
  heapBytes: { main: 17_600, engine: 13_600, "peer-0": 2_100, "file-0": 4_900, records: 400 },
  // Figures of a moment: buffers that are on their way between threads count at both ends.
  bufferBytes: { main: 5_800, engine: 4_000, "file-0": 4_000, records: 1_000 },
  // Address space: pages of rows that no peer has used take no memory.
  sharedBytes: { main: 1_800, engine: 22_000 },
  // A starved machine has more timers in the second of a line: 23 objects instead of 16 in the peer-worker.
  objectsASecond: { main: 64, engine: 44, "peer-0": 28, "file-0": 6, records: 6 },
} as const satisfies Record<string, Readonly<Record<string, number>>>;

/** Bounds of the restore of a hundred torrents that were closed in order, a torrent; their pieces do not count. */
export const restoreBounds = {
  /** No message goes to the pool, which would hash a piece. */
  messages: {
    "main → engine": 2.05,
    // Events of a torrent go in three notices, in four where a turn of the event loop comes between two of them.
    "engine → root": 4.05,
    "engine → file-0": 4.05,
    "engine → peer-0": 1.05,
    "engine → records": 0.02,
    "records → engine": 0.02,
    "records → file-0": 1.05,
  },
  /** System calls below the data folder, of two files a torrent. */
  fileCalls: { "file-0": 7.1, "lock-keeper": 44.5, "look at a folde": 1 },
} as const satisfies Record<string, Readonly<Record<string, number>>>;
