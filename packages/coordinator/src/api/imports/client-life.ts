// Signs that another client runs. All of them are read, none is taken.

import { readdir, readFile, readlink, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Whether a process has this number. */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether a process holds a lock on a file; without the list of locks of Linux, whether the file is there. */
export async function isLocked(path: string): Promise<boolean> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (found === undefined) return false;
  const locks = await readFile("/proc/locks", "utf8").catch(() => undefined);
  return locks === undefined || new RegExp(`:${found.ino} `).test(locks);
}

/** A process that runs on a configuration folder. */
interface FolderOfProcess {
  /** The beginning of the program's name. */
  readonly program: string;
  /** Options that name the folder. */
  readonly options: readonly string[];
  /** The variable that names the folder. */
  readonly variable: string;
}

/** The number of a process that runs on a folder, from the list of processes of Linux. */
export async function processOn(
  folder: string,
  program: FolderOfProcess,
): Promise<number | undefined> {
  const real = await realpath(folder).catch(() => folder);
  const numbers = await readdir("/proc").catch(() => []);
  for (const number of numbers.filter((name) => /^\d+$/.test(name))) {
    const used = await folderOfProcess(join("/proc", number), program);
    if (used !== undefined && (await realpath(used).catch(() => used)) === real)
      return Number(number);
  }
  return undefined;
}

async function folderOfProcess(
  place: string,
  { program, options, variable }: FolderOfProcess,
): Promise<string | undefined> {
  const read = (name: string) => readFile(join(place, name), "utf8").catch(() => "");
  const name = (await read("comm")).trim();
  if (!name.startsWith(program)) return undefined;
  const words = (await read("cmdline")).split("\0");
  const at = words.findIndex((word) => options.includes(word));
  const given = at < 0 ? undefined : words[at + 1];
  const current = await readlink(join(place, "cwd")).catch(() => "/");
  if (given !== undefined) return resolve(current, given);
  const variables = (await read("environ")).split("\0");
  const valueOf = (key: string): string | undefined =>
    variables.find((entry) => entry.startsWith(`${key}=`))?.slice(key.length + 1);
  const home = valueOf("HOME") ?? homedir();
  const below = valueOf("XDG_CONFIG_HOME") ?? join(home, ".config");
  return (
    valueOf(variable) ??
    join(below, name === "transmission-da" ? "transmission-daemon" : program.replace(/-$/, ""))
  );
}
