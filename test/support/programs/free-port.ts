// Ports for programs that cannot be told to take any free one and say which.

import { createServer, type AddressInfo } from "node:net";

/**
 * A TCP port that was free a moment ago on `host`. The system does not give it out again soon, so the program it is
 * meant for finds it free, short of bad luck.
 */
export async function freePort(host = "127.0.0.1"): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: 0, host }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
