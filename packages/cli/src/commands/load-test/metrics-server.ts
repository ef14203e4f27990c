// Prometheus reads the measures of a run over HTTP, on loopback.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { systemSentence } from "@troupe/actor-runtime/system-sentence";
import { CommandError } from "../../failure.ts";

/** Connections at once; further ones wait. */
const mostConnections = 16;

/** A server on 127.0.0.1. */
export interface MetricsServer extends AsyncDisposable {
  /** `http://127.0.0.1:9464/metrics`. */
  readonly address: string;
  /** Answers with this text from now on. */
  show(text: () => string): void;
}

/**
 * Listens on loopback.
 *
 * @param port 0 lets the system pick.
 * @throws CommandError `metrics-port-in-use`, `listen-failed`
 */
export async function serveMetrics(port: number, contentType: string): Promise<MetricsServer> {
  let text = (): string => "";
  const server = createServer((request, response) => {
    const isRead = request.method === "GET" || request.method === "HEAD";
    const path = (request.url ?? "").split("?")[0];
    if (!isRead || path !== "/metrics") {
      response.writeHead(isRead ? 404 : 405).end();
      return;
    }
    response.writeHead(200, { "content-type": contentType });
    response.end(request.method === "HEAD" ? undefined : text());
  });
  server.maxConnections = mostConnections;
  await listen(server, port);
  const { port: bound } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${bound}/metrics`,
    show: (next) => {
      text = next;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const isTaken = code === "EADDRINUSE";
    const reason = isTaken ? "it is in use" : systemSentence(cause);
    const message = `cannot listen on port ${port} for metrics: ${reason}`;
    throw new CommandError(isTaken ? "metrics-port-in-use" : "listen-failed", message, { cause });
  }
}
