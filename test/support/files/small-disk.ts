// A real file system of a small size, for disks that are full, read-only or away. Root alone may mount one.

import { execFileSync } from "node:child_process";
import { temporaryFolder } from "./temporary-folder.ts";

/** A tmpfs of its own; gone with the test. */
export class SmallDisk implements Disposable {
  readonly path: string;
  readonly #folder: Disposable;

  private constructor(path: string, folder: Disposable) {
    this.path = path;
    this.#folder = folder;
  }

  /** @returns Undefined where this process may not mount anything. */
  static mount(sizeBytes: number): SmallDisk | undefined {
    const folder = temporaryFolder("small-disk");
    try {
      const size = `size=${sizeBytes}`;
      execFileSync("mount", ["-t", "tmpfs", "-o", size, "tmpfs", folder.path], { stdio: "ignore" });
      return new SmallDisk(folder.path, folder);
    } catch {
      folder[Symbol.dispose]();
      return undefined;
    }
  }

  /** Another size, or `ro` and `rw`. */
  remount(options: string): void {
    execFileSync("mount", ["-o", `remount,${options}`, this.path], { stdio: "ignore" });
  }

  /** Unmounts it, as if it was removed; its files are kept. @returns Mounts it again. */
  takeAway(): Disposable & { bringBack(): void } {
    const spare = temporaryFolder("small-disk-away");
    const move = (from: string, to: string): void => {
      execFileSync("mount", ["--bind", from, to], { stdio: "ignore" });
      execFileSync("umount", ["-l", from], { stdio: "ignore" });
    };
    move(this.path, spare.path);
    let isAway = true;
    const bringBack = (): void => {
      if (isAway) move(spare.path, this.path);
      isAway = false;
    };
    const end = (): void => {
      bringBack();
      spare.remove();
    };
    return { bringBack, [Symbol.dispose]: end };
  }

  [Symbol.dispose](): void {
    execFileSync("umount", ["-l", this.path], { stdio: "ignore" });
    this.#folder[Symbol.dispose]();
  }
}
