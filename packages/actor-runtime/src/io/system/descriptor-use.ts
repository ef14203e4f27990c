// How many files and sockets this process may have open, and has.

import { systemModule } from "./system-module.ts";

/** Where the system does not say: what most of them allow at least. */
const unknownLimit = 1_024;
/** Node's own, before any socket: pipes, event loops, the compiled code's cache. */
const unknownOpen = 32;

/** Descriptors of this process. */
export interface DescriptorUse {
  /** Those that it may have. */
  readonly limit: number;
  /** Those that it has now. */
  readonly open: number;
}

/**
 * Reads RLIMIT_NOFILE and what is open, on Linux; elsewhere 1,024 and 32. Node has raised the soft limit to the hard one
 * when it started. Synchronous: two reads of /proc.
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

/** @returns The soft limit in the text of /proc/self/limits; undefined when it is not there. */
export function openFilesLimit(text: string): number | undefined {
  const [, soft] = /^Max open files +(\d+|unlimited)/mu.exec(text) ?? [];
  if (soft === undefined) return undefined;
  return soft === "unlimited" ? Number.MAX_SAFE_INTEGER : Number(soft);
}
