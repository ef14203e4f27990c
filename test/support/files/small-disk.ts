// A real file system of a small size, for disks that are full, read-only or away. Root alone may mount one.

import { runProcess } from "../programs/process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A tmpfs of its own; gone with the test. */
export class SmallDisk implements AsyncDisposable {
  readonly path: string;
  readonly #folder: Disposable;

  private constructor(path: string, folder: Disposable) {
    this.path = path;
    this.#folder = folder;
  }

  /** @returns Undefined where this process may not mount anything. */
  static async mount(sizeBytes: number): Promise<SmallDisk | undefined> {
    const folder = temporaryFolder("small-disk");
    try {
      await runProcess(["mount", "-t", "tmpfs", "-o", `size=${sizeBytes}`, "tmpfs", folder.path]);
      return new SmallDisk(folder.path, folder);
    } catch {
      folder[Symbol.dispose]();
      return undefined;
    }
  }

  /** Another size, or `ro` and `rw`. */
  async remount(options: string): Promise<void> {
    await runProcess(["mount", "-o", `remount,${options}`, this.path]);
  }

  /** Unmounts it, as if it was removed; its files are kept. @returns Mounts it again. */
  async takeAway(): Promise<AsyncDisposable & { bringBack(): Promise<void> }> {
    const spare = temporaryFolder("small-disk-away");
    const move = async (from: string, to: string): Promise<void> => {
      await runProcess(["mount", "--bind", from, to]);
      await runProcess(["umount", "-l", from]);
    };
    await move(this.path, spare.path);
    let isAway = true;
    const bringBack = async (): Promise<void> => {
      if (isAway) await move(spare.path, this.path);
      isAway = false;
    };
    const end = async (): Promise<void> => {
      await bringBack();
      spare.remove();
    };
    return { bringBack, [Symbol.asyncDispose]: end };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await runProcess(["umount", "-l", this.path]);
    this.#folder[Symbol.dispose]();
  }
}
