// The unit of systemd in examples, and the parts of it that `setpriv` and `unshare` apply where no systemd runs.

import { dirname } from "node:path";
import { readRepositoryFile } from "../files/repository.ts";

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

/**
 * Words before a command that give it the mounts, the user, the capabilities and NoNewPrivileges of the unit: every file
 * system is read-only but for the folders of the unit and a `/tmp` of its own. They need root.
 */
export function asUnit(folders: UnitFolders, uid: number): readonly string[] {
  const state = `/var/lib/${unitValue("StateDirectory")}`;
  const cache = `/var/cache/${unitValue("CacheDirectory")}`;
  const places = [
    [folders.state, state],
    [folders.cache, cache],
    [folders.data, unitValue("ReadWritePaths")],
  ] as const;
  const parents = places.map(([, to]) => dirname(to));
  const script = [
    "set -e",
    "mount --make-rprivate /",
    "awk '{print $5}' /proc/self/mountinfo | grep -vE '^/(proc|sys|dev)(/|$)' | while read m; do",
    '  mount -o remount,bind,ro "$m"',
    "done",
    // Folders of the unit need not be there: new file systems lie over their parents.
    ...parents.map((folder) => `mount -t tmpfs tmpfs ${folder}`),
    ...places.map(
      ([from, to]) => `mkdir ${to}; mount --bind ${from} ${to}; mount -o remount,bind,rw ${to}`,
    ),
    ...parents.map((folder) => `mount -o remount,bind,ro ${folder}`),
    "mount -t tmpfs -o mode=1777 tmpfs /tmp",
    "for d in /root /home; do mount -t tmpfs -o mode=000,ro tmpfs $d; done",
    `cd /; umask ${unitValue("UMask")}`,
    'exec "$@"',
  ];
  return [
    ...["unshare", "--mount", "--ipc", "--", "sh", "-c", script.join("\n"), "sh"],
    ...["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups", "--no-new-privs"],
    ...["--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all", "--"],
  ];
}
