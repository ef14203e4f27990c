import { systemModule } from "./system-module.ts";

/** The least of most systems. */
const unknownLimit = 1_024;
/** Node's pipes, event loops and code cache. */
const unknownOpen = 32;

/** File descriptors of this process. */
export interface DescriptorUse {
  readonly limit: number;
  readonly open: number;
}

/**
 * Reads RLIMIT_NOFILE, which Node has raised to the hard limit, and the open descriptors on Linux; elsewhere 1,024 and
 * 32. Synchronous: two reads of /proc.
 */
export function descriptorUse(): DescriptorUse {
  try {
    const { readFileSync, readdirSync } = systemModule("node:fs");
    const limit = openFilesLimit(readFileSync("/proc/self/limits", "latin1"));
    return { limit: limit ?? unknownLimit, open: readdirSync("/proc/self/fd").length };
  } catch {
    return { limit: unknownLimit, open: unknownOpen };
  }
}

/** @returns The soft limit in /proc/self/limits, if present. */
export function openFilesLimit(text: string): number | undefined {
  const [, soft] = /^Max open files +(\d+|unlimited)/mu.exec(text) ?? [];
  if (soft === undefined) return undefined;
  return soft === "unlimited" ? Number.MAX_SAFE_INTEGER : Number(soft);
}
