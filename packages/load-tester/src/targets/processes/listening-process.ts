// The local process that listens at a port, by the tables of Linux: a socket's inode, then the process that holds it.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** State `LISTEN` in /proc/net/tcp. */
const listening = "0A";
const tables = { tcp: ["tcp", "tcp6"], udp: ["udp", "udp6"] } as const;

/**
 * @returns The id of the process that listens at the port of any local address; undefined on other systems, without such
 *   a socket, and for the process of another user.
 */
export function findListener(transport: "tcp" | "udp", port: number): number | undefined {
  const inodes = new Set(tables[transport].flatMap((table) => inodesAt(table, transport, port)));
  if (inodes.size === 0) return undefined;
  return processIds().find((pid) => holdsSocket(pid, inodes));
}

/** @returns The ids of all processes; none where there is no /proc. */
export function processIds(): readonly number[] {
  return namesIn("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

/** @returns The names in a folder; none when it is gone or forbidden. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** @returns The text of a file of /proc; undefined when it is gone or forbidden. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

/** `sl local_address rem_address st … inode`, the port in hexadecimal. */
function inodesAt(table: string, transport: "tcp" | "udp", port: number): string[] {
  const lines = textOf(`/proc/net/${table}`)?.split("\n").slice(1) ?? [];
  return lines.flatMap((line) => {
    const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
    const isAtPort = Number.parseInt(local.slice(local.lastIndexOf(":") + 1), 16) === port;
    const isOpen = transport === "udp" || state === listening;
    return isAtPort && isOpen && inode !== undefined ? [`socket:[${inode}]`] : [];
  });
}

function holdsSocket(pid: number, inodes: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`;
  return namesIn(folder).some((name) => {
    try {
      return inodes.has(readlinkSync(`${folder}/${name}`));
    } catch {
      return false;
    }
  });
}
