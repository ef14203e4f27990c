// Plans and makes torrents of files on the disk.

import { basename, resolve } from "node:path";
import { systemSentence } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import {
  newTorrent,
  pieceLengthFor,
  plannedFiles,
  type NewFile,
  type NewTorrent,
  type NewVersion,
} from "@troupe/protocol/create";
import { ProtocolError } from "@troupe/protocol/errors";
import { maxPieces } from "@troupe/protocol/metainfo";
import { blockLengthBytes } from "@troupe/protocol/units";
import type { CreatedTorrent, CreateOptions, CreationPlan } from "./create-torrent.ts";
import { fileChanged } from "./file-changed.ts";
import { factsAtOnce, factsOf } from "./file-facts.ts";
import { hashFiles } from "./hash-files.ts";
import { seedPlaceOf } from "./seed-place.ts";
import { findFiles, identityOf, UnusableFilesError } from "./walk-folder.ts";
import type { FoundFile, FoundFiles } from "./found-files.ts";

interface Planned {
  readonly plan: CreationPlan;
  readonly found: FoundFiles;
}

/** The work of `planTorrent`. */
export async function makePlan(path: string, options: CreateOptions): Promise<CreationPlan> {
  return (await planned(path, options)).plan;
}

/** The work of `createTorrent`. */
export async function makeTorrent(path: string, options: CreateOptions): Promise<CreatedTorrent> {
  const { plan, found } = await planned(path, options);
  options.onPlan?.(plan);
  const digests = await hashFiles(plan, found.files, options);
  await refuseChanged(found.files);
  const { fields = {}, creationDate } = options;
  const content = { ...plan, digests, isSingleFile: found.isSingleFile };
  const { bytes, metainfo } = gated(() =>
    newTorrent(content, { edits: fields, createdBy: "Troupe", creationDate }),
  );
  const { v1, v2 } = metainfo.infoHashes;
  return { ...plan, bytes, infoHashV1: v1, infoHashV2: v2, seed: seedPlaceOf(found, metainfo) };
}

async function planned(path: string, options: CreateOptions): Promise<Planned> {
  const { exclude = [], include = [], links = "skip", align = false } = options;
  const { name = basename(resolve(path)) } = options;
  const version = options.version ?? (options.fields?.info?.isPrivate === true ? "v1" : "hybrid");
  const found = await findFiles(path, { exclude, include, links }).catch((error: unknown) => {
    const message =
      error instanceof UnusableFilesError
        ? error.message
        : `cannot make a torrent of ${path}: ${systemSentence(error)}`;
    throw new TroupeError("files-unusable", message, { cause: error });
  });
  const totalBytes = found.files.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  if (totalBytes === 0)
    throw new TroupeError(
      "source-empty",
      `cannot make a torrent of ${path}: its files have no bytes`,
    );
  const pieceLengthBytes = options.pieceLengthBytes ?? pieceLengthFor(totalBytes);
  refusePieceLength(pieceLengthBytes, version);
  const files = plannedFiles(found.files.map(storedFile), {
    version,
    pieceLengthBytes,
    isAligned: align,
  });
  const end = files.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  const pieceCount = Math.ceil(end / pieceLengthBytes);
  if (pieceCount > maxPieces)
    throw outOfRange(
      `cannot make a torrent of ${pieceCount} pieces: at most ${maxPieces} are allowed; give a longer piece`,
    );
  const skipped = found.skipped;
  return {
    plan: { version, name, pieceLengthBytes, pieceCount, totalBytes, files, skipped },
    found,
  };
}

/** The part of a file that its torrent has. */
function storedFile({ isExecutable, lengthBytes, linkTarget, path }: FoundFile): NewFile {
  return {
    path,
    lengthBytes,
    ...(isExecutable !== undefined && { isExecutable }),
    ...(linkTarget !== undefined && { linkTarget }),
  };
}

function refusePieceLength(bytes: number, version: NewVersion): void {
  const isWhole = Number.isSafeInteger(bytes) && bytes >= blockLengthBytes;
  if (!isWhole || bytes % blockLengthBytes !== 0)
    throw outOfRange(
      `cannot make pieces of ${bytes} bytes: multiples of ${blockLengthBytes} are allowed`,
    );
  if (version !== "v1" && !Number.isInteger(Math.log2(bytes)))
    throw outOfRange(`cannot make pieces of ${bytes} bytes: version 2 allows powers of two`);
}

/** A file that grew, or was written to, has other bytes than those that were hashed. */
async function refuseChanged(files: readonly FoundFile[]): Promise<void> {
  for (let at = 0; at < files.length; at += factsAtOnce) {
    const some = files.slice(at, at + factsAtOnce).flatMap(hashedFile);
    // oxlint-disable-next-line no-await-in-loop
    const found = await factsOf(some.map(({ diskPath }) => diskPath));
    for (const [index, { identity, path }] of some.entries()) {
      const facts = found[index];
      const now = facts === undefined || facts instanceof Error ? undefined : identityOf(facts);
      if (now?.lengthBytes !== identity.lengthBytes || now.mtimeNs !== identity.mtimeNs)
        throw fileChanged(path.join("/"));
    }
  }
}

/** Links have no bytes. */
function hashedFile({ diskPath, identity, path }: FoundFile) {
  return diskPath === undefined || identity === undefined ? [] : [{ diskPath, identity, path }];
}

function outOfRange(message: string): TroupeError {
  return new TroupeError("option-out-of-range", message);
}

/** Fields that the gate of .torrents refuses are refused by its code. */
function gated(make: () => NewTorrent): NewTorrent {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new TroupeError(error.code, error.message, { cause: error, details: error.details });
  }
}
