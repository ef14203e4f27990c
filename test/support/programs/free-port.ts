// Ports for programs that cannot be told to take any free one and say which.

import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports that Linux gives to connections, of which other programs open many. */
const range = [12_000, 32_000] as const;
const tries = 20;

/** A TCP port that was free a moment ago on `host`. Another program that asks for one at the same time gets another. */
export async function freePort(host = "127.0.0.1"): Promise<number> {
  for (let left = tries; ; left--) {
    const port = randomInt(...range);
    try {
      // oxlint-disable-next-line no-await-in-loop
      await listenOnce(port, host);
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || left === 0) throw error;
    }
  }
}

async function listenOnce(port: number, host: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host }, resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}
