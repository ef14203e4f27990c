// The place of the socket by which the programs of a user reach their service. Server and commands use this function.

import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Environment } from "../environment.ts";

/** Bytes of the path of a socket; macOS takes 103, Linux 107. */
const mostPathBytes = 100;

/**
 * The path of the socket. Its folder is for the socket alone.
 *
 * @param stateFolder Absolute.
 * @returns Undefined where there is no place: on Windows, and for a long path without `XDG_RUNTIME_DIR`.
 */
export function socketPlace(
  stateFolder: string,
  { variables, platform }: Pick<Environment, "platform" | "variables">,
): string | undefined {
  if (platform === "win32") return undefined;
  const usual = join(stateFolder, "service", "socket");
  if (fits(usual)) return usual;
  const runtime = variables["XDG_RUNTIME_DIR"];
  // XDG ignores relative paths.
  if (runtime?.startsWith("/") !== true) return undefined;
  const digest = createHash("sha256").update(stateFolder).digest("hex").slice(0, 16);
  const short = join(runtime, `troupe-${digest}`, "socket");
  return fits(short) ? short : undefined;
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= mostPathBytes;
}
