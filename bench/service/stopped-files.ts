// File systems that answer no call: bindfs over a folder, stopped by a signal.

import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { startProcess, type RunningProcess } from "../../test/support/programs/process.ts";

/** A folder on a file system of its own. */
export class StoppableFolder implements AsyncDisposable {
  readonly path: string;
  readonly #program: RunningProcess;

  private constructor(path: string, program: RunningProcess) {
    this.path = path;
    this.#program = program;
  }

  /** @param path Made, and mounted over a folder beside it. */
  static async mount(path: string): Promise<StoppableFolder> {
    const below = `${path}-below`;
    for (const folder of [path, below]) mkdirSync(folder, { recursive: true });
    const program = await startProcess(["bindfs", "-f", "--no-allow-other", below, path], {
      debianPackage: "bindfs",
    });
    const isMounted = (): boolean =>
      execFileSync("stat", ["-f", "-c", "%T", path], { encoding: "utf8" }).startsWith("fuse");
    while (!isMounted()) await sleep(50);
    return new StoppableFolder(path, program);
  }

  /** No call is answered until `goOn`. */
  stop(): void {
    process.kill(this.#program.pid, "SIGSTOP");
  }

  goOn(): void {
    process.kill(this.#program.pid, "SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.goOn();
    execFileSync("umount", ["-l", this.path]);
    await this.#program.stop();
  }
}
