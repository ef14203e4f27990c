// Reads .torrent files, and puts new ones in their place.

import { randomBytes } from "node:crypto";
import { constants, rmSync, type Stats } from "node:fs";
import { open, realpath, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { systemSentence } from "@troupe/actor-runtime/system-sentence";
import { maxTorrentBytes } from "@troupe/protocol/metainfo";
import { spellBytes } from "@troupe/protocol/text";
import type { Environment } from "../environment.ts";
import { CommandError } from "../failure.ts";

/** The open of a pipe must not wait for a writer. */
const readAtOnce = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** Rights of a file, without its kind. */
const rightsBits = 0o7777;

/**
 * @param path Absolute.
 * @throws {CommandError} `torrent-not-found`, `torrent-unreadable` or `torrent-too-large`.
 */
export async function readTorrentFile(path: string): Promise<Uint8Array> {
  try {
    await using file = await open(path, readAtOnce);
    const found = await file.stat();
    if (!found.isFile()) throw unreadable(path, "it is not a file");
    if (found.size > maxTorrentBytes) {
      const size = `${spellBytes(found.size)}, at most ${spellBytes(maxTorrentBytes)} are allowed`;
      throw new CommandError("torrent-too-large", `cannot read ${path}: it has ${size}`);
    }
    return await file.readFile();
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT")
      throw new CommandError("torrent-not-found", `there is no file ${path}`, { cause });
    throw unreadable(path, systemSentence(cause), cause);
  }
}

/**
 * Gives a file other bytes: at each moment the file has all the old or all the new ones, also after a crash. A link stays, and
 * the file that it leads to is replaced. The rights stay, and the owner where the system lets the user give files away.
 *
 * @param path Absolute, of a file that exists.
 * @throws {CommandError} `torrent-not-edited`: the file is as it was.
 */
export async function replaceTorrentFile(
  path: string,
  bytes: Uint8Array,
  environment: Pick<Environment, "atExit">,
): Promise<void> {
  const random = randomBytes(8).toString("hex");
  try {
    const real = await realpath(path);
    const folder = dirname(real);
    const temporary = join(folder, `.troupe-edit-${random}.tmp`);
    // A second Ctrl-C ends the process at once.
    using _cleaner = environment.atExit(() => rmSync(temporary, { force: true }), {
      touchesDisk: true,
    });
    try {
      await writeCopy(temporary, bytes, await statOf(real));
      await rename(temporary, real);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(folder);
  } catch (cause) {
    const message = `cannot change ${path}: ${systemSentence(cause)}`;
    throw new CommandError("torrent-not-edited", message, { cause });
  }
}

async function statOf(path: string): Promise<Stats> {
  await using file = await open(path, readAtOnce);
  return await file.stat();
}

async function writeCopy(path: string, bytes: Uint8Array, like: Stats): Promise<void> {
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(bytes);
  await takeOwner(file, like);
  // After the owner, whose change takes rights away.
  await file.chmod(like.mode & rightsBits);
  await file.sync();
}

/** Only the superuser gives files away. */
async function takeOwner(file: FileHandle, { uid, gid }: Stats): Promise<void> {
  const own = await file.stat();
  if (own.uid === uid && own.gid === gid) return;
  await file.chown(uid, gid).catch(() => undefined);
}

/** The new name outlives a power cut. Some systems do not open folders. */
async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, "r").catch(() => undefined);
  await opened?.sync().catch(() => undefined);
  await opened?.close();
}

function unreadable(path: string, reason: string, cause?: unknown): CommandError {
  return new CommandError("torrent-unreadable", `cannot read ${path}: ${reason}`, { cause });
}
