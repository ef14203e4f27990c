// The unit of systemd in examples, and the parts of it that `setpriv` and `unshare` apply where no systemd runs.

import { readRepositoryFile } from "../files/repository.ts";
import { readOnlyBut } from "../read-only-system.ts";

/** The path of the unit in the repository. */
export const unitPath = "examples/systemd/troupe.service";

/** The values of each key of the section Service, in their order. */
export function serviceKeys(): ReadonlyMap<string, readonly string[]> {
  const text = readRepositoryFile(unitPath);
  const [, section = ""] = /^\[Service\]\n([^]*?)^\[/m.exec(text) ?? [];
  const pairs = [...section.matchAll(/^(\w+)=(.*)$/gm)];
  const byKey = Map.groupBy(pairs, ([, key = ""]) => key);
  return new Map([...byKey].map(([key, found]) => [key, found.map(([, , value = ""]) => value)]));
}

/** The only value of a key. @throws for a key with none or several. */
export function unitValue(key: string): string {
  const [value, ...others] = serviceKeys().get(key) ?? [];
  if (value === undefined || others.length > 0) throw new Error(`${unitPath}: no single ${key}=`);
  return value;
}

/** Real folders that stand for those of the unit. */
interface UnitFolders {
  /** For `StateDirectory=`. */
  readonly state: string;
  /** For `CacheDirectory=`. */
  readonly cache: string;
  /** For the one folder of `ReadWritePaths=`. */
  readonly data: string;
}

/** Words before a command that give it the mounts, the user, the capabilities and NoNewPrivileges of the unit. They need root. */
export function asUnit(folders: UnitFolders, uid: number): readonly string[] {
  const places = [
    [folders.state, `/var/lib/${unitValue("StateDirectory")}`],
    [folders.cache, `/var/cache/${unitValue("CacheDirectory")}`],
    [folders.data, unitValue("ReadWritePaths")],
  ] as const;
  return readOnlyBut(places, { uid, umask: unitValue("UMask") });
}
