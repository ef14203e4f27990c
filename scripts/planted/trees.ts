// Copies of a tree in memory, in which faults are planted.

import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

const memory = "/dev/shm";
const prefix = "troupe-planted-";

/** A folder in memory for the copies of this process. Folders of processes that are gone are removed. */
export function memoryFolder(): string {
  for (const name of readdirSync(memory)) {
    const pid = name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      rmSync(join(memory, name), { recursive: true, force: true });
  }
  const folder = join(memory, `${prefix}${process.pid}`);
  mkdirSync(folder);
  return folder;
}

/** A copy of a tree. */
export class Tree {
  readonly root: string;
  /** The file that gets a byte when a process loads the changed source. */
  readonly marker: string;

  /** Copies what git tracks or would track, with the links to packages: those lead to the copy. */
  constructor(from: string, root: string) {
    this.root = root;
    this.marker = `${root}.loaded`;
    const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], {
      cwd: from,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    for (const file of listed.split("\0")) if (file !== "") this.#copy(from, file);
    for (const folder of globSync("packages/*/node_modules", { cwd: from }))
      this.#copy(from, folder);
    for (const name of readdirSync(join(from, "node_modules"))) {
      const path = join("node_modules", name);
      // Both trees share the libraries, which no fault changes.
      if (name === ".pnpm") symlinkSync(realpathSync(join(from, path)), join(root, path));
      else if (name !== ".cache") this.#copy(from, path);
    }
    for (const found of globSync("{,packages/*/}node_modules/@troupe/*", { cwd: root })) {
      const real = realpathSync(join(root, found));
      if (!real.startsWith(`${realpathSync(root)}/packages/`))
        throw new Error(`${found} of the copy leads to ${real}, outside of the copy`);
    }
  }

  #copy(from: string, path: string): void {
    if (!existsSync(join(from, path))) return;
    mkdirSync(join(this.root, dirname(path)), { recursive: true });
    cpSync(join(from, path), join(this.root, path), { recursive: true, verbatimSymlinks: true });
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  /** Writes a source; the bundle is stale then. */
  restore(path: string, text: string): void {
    writeFileSync(join(this.root, path), text);
  }

  /** Writes a source and makes the bundle anew. @throws Error for a source that cannot be joined. */
  write(path: string, text: string): void {
    writeFileSync(join(this.root, path), text);
    const script = join(this.root, "scripts/make-bundle.ts");
    const made = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", script], {
      cwd: this.root,
      encoding: "utf8",
    });
    if (made.status !== 0) throw new Error(`no bundle with the changed ${path}: ${made.stderr}`);
    rmSync(this.marker, { force: true });
  }

  get isLoaded(): boolean {
    return existsSync(this.marker);
  }
}
