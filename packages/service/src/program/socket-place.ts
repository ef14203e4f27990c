// The socket of the user's own commands. The service and the commands find it by the same rule.

import { createHash } from "node:crypto";
import { dirname, join } from "node:path";

/** Systems take 107 bytes, macOS 103; a longer path goes to the folder of the session. */
const longestPathBytes = 100;

/**
 * The path of the socket.
 *
 * @param stateFolder Absolute.
 * @param runtimeFolder `$XDG_RUNTIME_DIR`, for a state folder with a long path.
 * @returns Undefined where the path is too long and there is no folder of the session.
 */
export function localSocketPath(
  stateFolder: string,
  runtimeFolder: string | undefined,
): string | undefined {
  const path = join(stateFolder, "service", "socket");
  if (Buffer.byteLength(path) <= longestPathBytes) return path;
  if (runtimeFolder === undefined || runtimeFolder === "") return undefined;
  const name = createHash("sha256").update(stateFolder).digest("hex").slice(0, 16);
  return join(runtimeFolder, `troupe-${name}`, "socket");
}

/** The folder of a socket, which is the user's alone. */
export function socketFolder(path: string): string {
  return dirname(path);
}
