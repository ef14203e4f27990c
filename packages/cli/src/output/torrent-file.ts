import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { link, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { systemSentence } from "@troupe/actor-runtime/system-sentence";
import type { Environment } from "../environment.ts";
import { CommandError } from "../failure.ts";

/**
 * Writes a .torrent into a new file, which has all bytes from its first moment on, also after a crash.
 *
 * @param path Absolute.
 * @throws {CommandError} `torrent-not-saved`, also for a file that exists.
 */
export async function saveTorrent(
  bytes: Uint8Array,
  path: string,
  environment: Pick<Environment, "atExit">,
): Promise<void> {
  const temporary = join(dirname(path), `.troupe-save-${randomBytes(8).toString("hex")}.tmp`);
  try {
    // A second Ctrl-C ends the process at once.
    using _cleaner = environment.atExit(() => rmSync(temporary, { force: true }), {
      touchesDisk: true,
    });
    try {
      await writeWhole(temporary, bytes);
      // A link, because a rename would overwrite a file of the name.
      await link(temporary, path).catch(async (error: NodeJS.ErrnoException) => {
        if (!withoutLinks.has(error.code ?? "")) throw error;
        await writeWhole(path, bytes);
      });
    } finally {
      await rm(temporary, { force: true });
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = code === "EEXIST" ? "the file exists" : systemSentence(cause);
    throw new CommandError("torrent-not-saved", `cannot save the .torrent as ${path}: ${reason}`, {
      cause,
    });
  }
}

/** Errors of file systems that have no second names of files. */
const withoutLinks: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, "wx");
  await file.writeFile(bytes);
  await file.sync();
}
