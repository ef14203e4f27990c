// File systems of this machine, read-only but for some folders, for one command.

import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./files/repository.ts";

/** The place of this checkout for the command: the checkout itself may lie in a folder that is hidden from it. */
const shownCheckout = "/mnt";

/** The path of a file for the command: files of this checkout have another one. */
export function shownPath(path: string): string {
  const below = relative(fileURLToPath(root), path);
  return below.startsWith("..") ? path : join(shownCheckout, below);
}

/** A real folder, and its path for the command. The parent of that path is a folder of every Debian. */
type Place = readonly [from: string, to: string];

/** The user of the command. */
interface CommandUser {
  readonly uid: number;
  /** Octal. */
  readonly umask: string;
}

/**
 * Words before a command: every file system is read-only for it but for the places and a `/tmp` of its own, the home folders
 * are empty, and it has no capability and gets none. They need root.
 */
export function readOnlyBut(
  places: readonly Place[],
  { uid, umask }: CommandUser,
): readonly string[] {
  const parents = [...new Set(places.map(([, to]) => dirname(to)))];
  const script = [
    "set -e",
    "mount --make-rprivate /",
    "awk '{print $5}' /proc/self/mountinfo | grep -vE '^/(proc|sys|dev)(/|$)' | while read m; do",
    '  mount -o remount,bind,ro "$m"',
    "done",
    // A mount is as read-only as the one that it shows.
    `mount --bind ${fileURLToPath(root)} ${shownCheckout}`,
    // The places need not be there: new file systems lie over their parents.
    ...parents.map((folder) => `mount -t tmpfs tmpfs ${folder}`),
    ...places.map(
      ([from, to]) => `mkdir ${to}; mount --bind ${from} ${to}; mount -o remount,bind,rw ${to}`,
    ),
    ...parents.map((folder) => `mount -o remount,bind,ro ${folder}`),
    "mount -t tmpfs -o mode=1777 tmpfs /tmp",
    "for d in /root /home; do mount -t tmpfs -o mode=000,ro tmpfs $d; done",
    `cd /; umask ${umask}`,
    'exec "$@"',
  ];
  return [
    ...["unshare", "--mount", "--ipc", "--", "sh", "-c", script.join("\n"), "sh"],
    ...["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups", "--no-new-privs"],
    ...["--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all", "--"],
  ];
}
