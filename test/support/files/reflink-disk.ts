// A file system that shares the blocks of files (reflinks), in a file of its own. Root alone may mount one.

import { execFileSync } from "node:child_process";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./temporary-folder.ts";

/** The smallest that `mkfs.xfs` makes. */
const sizeBytes = 320 * 1024 * 1024;

/** An XFS of its own; gone with the test. */
export class ReflinkDisk implements Disposable {
  readonly path: string;
  readonly #folder: Disposable;

  private constructor(path: string, folder: Disposable) {
    this.path = path;
    this.#folder = folder;
  }

  /** @returns Undefined where this process may not mount it, or there is no `mkfs.xfs`. */
  static mount(): ReflinkDisk | undefined {
    const folder = temporaryFolder("reflink-disk");
    const [image, path] = [join(folder.path, "image"), join(folder.path, "disk")];
    try {
      writeFileSync(image, "");
      truncateSync(image, sizeBytes);
      mkdirSync(path);
      execFileSync("mkfs.xfs", ["-q", "-m", "reflink=1", image], { stdio: "ignore" });
      execFileSync("mount", ["-o", "loop", image, path], { stdio: "ignore" });
      return new ReflinkDisk(path, folder);
    } catch {
      folder[Symbol.dispose]();
      return undefined;
    }
  }

  [Symbol.dispose](): void {
    execFileSync("umount", ["-l", this.path], { stdio: "ignore" });
    this.#folder[Symbol.dispose]();
  }
}
