// Serves one file over HTTP on loopback, at a link that no other program can guess.

import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { ServedFile } from "@troupe/file-http";

/** Connections at once; a player has a few. Further ones are closed. */
const mostConnections = 64;
/** 128 random bits in the link. */
const secretBytes = 16;

/** A server on 127.0.0.1. */
interface FileServer extends AsyncDisposable {
  readonly url: string;
}

/** Listens on a free port. A request for another link, or by another host name, gets 404 or 421. */
export async function serveFile(file: ServedFile): Promise<FileServer> {
  const { answerRequest } = await import("@troupe/file-http");
  const secret = randomBytes(secretBytes).toString("hex");
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    if (!isHost(request, port)) response.writeHead(421).end();
    else if (!isFor(request, secret)) response.writeHead(404).end();
    else void answerRequest(request, response, file);
  });
  server.maxConnections = mostConnections;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/${secret}/${encodeURIComponent(file.name)}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** A page whose name was bound to this machine sends its own name. */
function isHost({ headers: { host } }: IncomingMessage, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

/** The name behind the secret is for the player alone. */
function isFor({ url = "" }: IncomingMessage, secret: string): boolean {
  const given = Buffer.from(url.split("/")[1] ?? "");
  const wanted = Buffer.from(secret);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
