import { fileURLToPath } from "node:url";
import type { NetworkClient } from "../network.ts";
import { startProcess, type RunningProcess } from "../programs/process.ts";

const program = fileURLToPath(new URL("name-server.program.ts", import.meta.url));

/**
 * Starts a name server at port 53 of a machine of a test network.
 *
 * @param names IPv4 addresses by names. The reply for a name that starts with `t-` is too long for a datagram.
 * @returns The process, which prints `udp NAME` or `tcp NAME` for each question.
 */
export async function startNameServer(
  { ip4, within }: Pick<NetworkClient, "ip4" | "within">,
  names: Readonly<Record<string, string>>,
): Promise<RunningProcess> {
  const entries = Object.entries(names).map(([name, address]) => `${name}=${address}`);
  const server = await startProcess([...within, process.execPath, program, ip4, ...entries]);
  await server.lineWhere("a name server", (line) => line === "ready" || undefined);
  return server;
}
