// Deterministic payloads: the same seed gives the same bytes, made as fast as they can be written.

import { createCipheriv, createHash, type Cipheriv, type Hash } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";

/** The options of a payload. */
export interface PayloadPlan {
  /** Folder that gets the file, or the folder of files. */
  readonly folder: string;
  /** Name of the torrent: of the file, or of the folder. */
  readonly name: string;
  readonly pieceLengthBytes: number;
  /** Length of the single file, or the files below `name` in torrent order. */
  readonly files: number | readonly PayloadFile[];
  /** Other bytes for another number, 0 to 2³² − 1. */
  readonly seed?: number;
}

/** One file; `path` is below the torrent's folder. */
export interface PayloadFile {
  readonly path: readonly string[];
  readonly lengthBytes: number;
  /** Zeros (BEP 47), on the disk too: some clients take them for an ordinary file. */
  readonly isPadding?: boolean;
}

/** A payload. */
export interface Payload extends PayloadPlan {
  readonly totalBytes: number;
  /** SHA-1 of every piece, 20 bytes each. */
  readonly pieceHashes: Uint8Array;
  /** Paths of all files without padding, relative to `folder`. */
  readonly paths: readonly string[];
}

/** A cipher takes ten times as long for results of 1 MiB: the system gives pages for each. */
const chunkBytes = 1 << 18;
/** Files of a step. A larger file has a step for each chunk. */
const filesAStep = 100;
const zeros = Buffer.alloc(chunkBytes);

/** Writes the files of a payload and hashes its pieces on the way. Existing files are replaced. */
export function writePayload(plan: PayloadPlan): Payload {
  const steps = stepsOf(plan);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Writes a payload as {@link writePayload} does, with a turn of the event loop between two steps. */
export async function writePayloadInTurns(plan: PayloadPlan): Promise<Payload> {
  const steps = stepsOf(plan);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await turn();
  }
}

function* stepsOf(plan: PayloadPlan): Generator<undefined, Payload> {
  const files = relativeFiles(plan);
  const source = byteSource(plan.seed ?? 0);
  const pieces = new PieceHasher(plan.pieceLengthBytes);
  let totalBytes = 0;
  for (const [index, { path, lengthBytes, isPadding }] of files.entries()) {
    const bytes = isPadding === true ? zeroSource : source;
    yield* writeFile(join(plan.folder, path), lengthBytes, bytes, pieces);
    totalBytes += lengthBytes;
    if (index % filesAStep === filesAStep - 1) yield undefined;
  }
  return {
    ...plan,
    totalBytes,
    pieceHashes: pieces.end(),
    paths: files.filter(({ isPadding }) => isPadding !== true).map(({ path }) => path),
  };
}

function relativeFiles(
  plan: PayloadPlan,
): readonly (Omit<PayloadFile, "path"> & { readonly path: string })[] {
  if (typeof plan.files === "number") return [{ path: plan.name, lengthBytes: plan.files }];
  return plan.files.map(({ path, ...file }) => ({ path: join(plan.name, ...path), ...file }));
}

/** AES in counter mode over zeros: several GB/s, and no two blocks are alike. */
function byteSource(seed: number): Cipheriv {
  const key = Buffer.alloc(16);
  key.writeUInt32BE(seed);
  return createCipheriv("aes-128-ctr", key, Buffer.alloc(16));
}

const zeroSource: ByteSource = { update: (bytes) => bytes };

/** Gives as many bytes as it gets. */
type ByteSource = { update(bytes: Uint8Array): Uint8Array };

function* writeFile(
  path: string,
  lengthBytes: number,
  source: ByteSource,
  pieces: PieceHasher,
): Generator<undefined, void> {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "w");
  try {
    for (let left = lengthBytes; left > 0; left -= chunkBytes) {
      const bytes = source.update(zeros.subarray(0, Math.min(left, chunkBytes)));
      writeSync(file, bytes);
      pieces.push(bytes);
      if (left > chunkBytes) yield undefined;
    }
  } finally {
    closeSync(file);
  }
}

/** Piece hashes of a stream of bytes. */
class PieceHasher {
  readonly #pieceLengthBytes: number;
  readonly #digests: Buffer[] = [];
  #hash: Hash = createHash("sha1");
  #filledBytes = 0;

  constructor(pieceLengthBytes: number) {
    this.#pieceLengthBytes = pieceLengthBytes;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + this.#pieceLengthBytes - this.#filledBytes);
      this.#hash.update(bytes.subarray(at, end));
      this.#filledBytes += end - at;
      at = end;
      if (this.#filledBytes === this.#pieceLengthBytes) this.#endPiece();
    }
  }

  end(): Uint8Array {
    if (this.#filledBytes > 0) this.#endPiece();
    return new Uint8Array(Buffer.concat(this.#digests));
  }

  #endPiece(): void {
    this.#digests.push(this.#hash.digest());
    this.#hash = createHash("sha1");
    this.#filledBytes = 0;
  }
}
