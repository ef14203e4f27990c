// A file system that shares the blocks of files (reflinks), in a file of its own. Root alone may mount one.

import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProcess } from "../programs/process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The smallest that `mkfs.xfs` makes. */
const sizeBytes = 320 * 1024 * 1024;

/** An XFS of its own; gone with the test. */
export class ReflinkDisk implements AsyncDisposable {
  readonly path: string;
  readonly #folder: Disposable;

  private constructor(path: string, folder: Disposable) {
    this.path = path;
    this.#folder = folder;
  }

  /** @returns Undefined where this process may not mount it, or there is no `mkfs.xfs`. */
  static async mount(): Promise<ReflinkDisk | undefined> {
    const folder = temporaryFolder("reflink-disk");
    const [image, path] = [join(folder.path, "image"), join(folder.path, "disk")];
    try {
      writeFileSync(image, "");
      truncateSync(image, sizeBytes);
      mkdirSync(path);
      await runProcess(["mkfs.xfs", "-q", "-m", "reflink=1", image]);
      await runProcess(["mount", "-o", "loop", image, path]);
      return new ReflinkDisk(path, folder);
    } catch {
      folder[Symbol.dispose]();
      return undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await runProcess(["umount", "-l", this.path]);
    this.#folder[Symbol.dispose]();
  }
}
