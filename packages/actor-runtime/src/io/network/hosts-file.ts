import { isIP } from "node:net";

import { numericHost } from "./address.ts";
import { systemModule } from "../system/system-module.ts";

/** Ad-blocking lists reach a few megabytes; the rest is cut. */
const longestFileBytes = 16 * 1024 * 1024;

/** Numeric addresses by lower-case name. */
export type HostsTable = ReadonlyMap<string, readonly string[]>;

/** Parses hosts(5): an address, then its names, `#` starts a comment. Skips other lines. */
export function parseHosts(text: string): HostsTable {
  const table = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [content = ""] = line.split("#", 1);
    const [address = "", ...names] = content.split(/\s+/u).filter((word) => word !== "");
    if (isIP(address) === 0) continue;
    for (const name of names) {
      const known = table.get(name.toLowerCase());
      if (known === undefined) table.set(name.toLowerCase(), [numericHost(address)]);
      else known.push(numericHost(address));
    }
  }
  return table;
}

/** The system's hosts file, empty if unreadable. Synchronous: a small local file. */
export function readHostsFile(path: string = systemHostsPath()): HostsTable {
  try {
    return parseHosts(
      systemModule("node:fs").readFileSync(path).toString("utf8", 0, longestFileBytes),
    );
  } catch {
    return new Map();
  }
}

function systemHostsPath(): string {
  const windowsRoot = process.env["SystemRoot"];
  if (process.platform !== "win32" || windowsRoot === undefined) return "/etc/hosts";
  return `${windowsRoot}\\System32\\drivers\\etc\\hosts`;
}
