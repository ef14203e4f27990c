// Globs for files of torrents, of the option `--select` and of the setting `exclude`.

import { GlobMachine } from "./glob-machine.ts";
import { globSteps } from "./glob-steps.ts";

/**
 * A glob for files. `*` stands for any characters of a name, `?` for one, `[a-z]` and `[!a-z]` for one of these or none of
 * these, `{a,b}` for one of several texts, and the part `**` of a path for any number of folders. None of them stands for a
 * dot at the beginning of a name. Case counts, except on macOS and Windows.
 */
export class FileGlob {
  readonly #glob: string;
  readonly #machine: GlobMachine;

  constructor(glob: string) {
    this.#glob = folded(glob);
    this.#machine = new GlobMachine(globSteps(this.#glob));
  }

  /**
   * Whether the glob names a file, in a time that grows with the lengths of both alone. A glob without `/` is matched against
   * the name of the file. A glob with `/` is matched against the whole path, with and without the torrent's folder.
   *
   * @param path In the torrent itself, with `/` between its parts.
   */
  matches(path: string): boolean {
    const whole = folded(path);
    const below = whole.slice(whole.indexOf("/") + 1);
    const isPath = this.#glob.includes("/");
    const names = isPath ? [whole, below] : [whole.slice(whole.lastIndexOf("/") + 1)];
    return names.some((name) => name === this.#glob || this.#machine.matches(name));
  }
}

/** Texts that are equal where the system's usual file system takes them for one name. */
function folded(text: string): string {
  const isLoose = process.platform === "darwin" || process.platform === "win32";
  return isLoose ? text.toLowerCase() : text;
}
