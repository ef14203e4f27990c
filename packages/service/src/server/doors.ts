// The sockets that the service listens on, and the bounds of their connections.

import { chmod, lstat, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import { connect, type AddressInfo, type Socket } from "node:net";
import type { ListenPlace, TlsFiles } from "../service.messages.ts";
import { guardParser } from "./guard-parser.ts";

/** The head of a request; a longer one is answered 431. */
const headBytes = 16 * 1_024;
/** A slower head ends its connection. */
const headMs = 10_000;
/** The body has its own deadline, guard/body-reader.ts; this one holds where none is read. */
const requestMs = 60_000;
/** A connection without a request ends. */
const idleMs = 75_000;

/** A reader that has stopped ends; a stream of events writes more often. */
const stallMs = 60_000;

/** Learns of connections. A connection is refused by ending it. */
export interface DoorWatch {
  opened(socket: Socket, place: ListenPlace): void;
  closed(socket: Socket): void;
}

/** The parts of open doors. */
interface DoorParts {
  readonly tls: TlsFiles | undefined;
  readonly listenerOf: (place: ListenPlace) => RequestListener;
  readonly watch: DoorWatch;
  /** A connection whose request or response makes no progress for so long ends. Default 60 s. */
  readonly stallMs?: number;
}

/** A server at its place. */
interface Door {
  readonly place: ListenPlace;
  readonly server: Server | TlsServer;
}

/** Servers at their places. */
export class Doors {
  readonly #parts: DoorParts;
  #tls: TlsFiles | undefined;
  readonly #doors: Door[] = [];
  readonly #sockets = new Set<Socket>();
  #isClosed = false;

  constructor(parts: DoorParts) {
    this.#parts = parts;
    this.#tls = parts.tls;
  }

  /** The open places, with the ports that the system picked. */
  get places(): readonly ListenPlace[] {
    return this.#doors.map(({ place }) => place);
  }

  /** Listens at a place. @throws rejects with the system's error for a place that is taken. */
  async open(place: ListenPlace): Promise<void> {
    const answer = this.#parts.listenerOf(place);
    const server = makeServer(place.kind === "tcp" ? this.#tls : undefined, answer);
    guardParser(server);
    server.setTimeout(this.#parts.stallMs ?? stallMs);
    // The guard comes before the client is asked for its body.
    server.on("checkContinue", answer);
    server.on("connection", (socket: Socket) => this.#connected(socket, place));
    const open = await listenAt(server, place);
    if (this.#isClosed) server.close();
    else this.#doors.push({ server, place: open });
  }

  /** New connections get these certificates. */
  setTls(files: TlsFiles): void {
    this.#tls = files;
    const { certificate: cert, key } = files;
    for (const { server } of this.#doors)
      if ("setSecureContext" in server) server.setSecureContext({ cert, key });
  }

  /** Ends every connection. */
  close(): void {
    this.#isClosed = true;
    for (const { server } of this.#doors) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #connected(socket: Socket, place: ListenPlace): void {
    const { watch } = this.#parts;
    this.#sockets.add(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      watch.closed(socket);
    });
    watch.opened(socket, place);
  }
}

function makeServer(tls: TlsFiles | undefined, listener: RequestListener): Server | TlsServer {
  const limits = {
    maxHeaderSize: headBytes,
    headersTimeout: headMs,
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: 1_000,
    // The guard refuses a request without it, with a sentence.
    requireHostHeader: false,
  };
  if (tls === undefined) return createServer(limits, listener);
  const { certificate: cert, key } = tls;
  const handshake = { handshakeTimeout: headMs, minVersion: "TLSv1.2" } as const;
  return createTlsServer({ ...limits, ...handshake, cert, key }, listener);
}

async function listenAt(server: Server | TlsServer, place: ListenPlace): Promise<ListenPlace> {
  if (place.kind !== "tcp") await removeStaleSocket(place.path);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  const where =
    place.kind === "tcp" ? { host: place.host, port: place.port } : { path: place.path };
  server.listen({ ...where, backlog: 256 }, resolve);
  await promise;
  server.removeListener("error", reject);
  // An accept that failed, as for want of descriptors: the listener stays.
  server.on("error", () => undefined);
  if (place.kind === "tcp") return { ...place, port: (server.address() as AddressInfo).port };
  await chmod(place.path, place.kind === "local" ? 0o600 : 0o660);
  return place;
}

/** Removes the socket file of a program that has ended. One that answers stays, and the listening fails. */
async function removeStaleSocket(path: string): Promise<void> {
  // A connect to a plain file is refused too.
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSocket() !== true) return;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ path });
  socket.once("connect", () => resolve(false));
  socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  const isStale = await promise;
  socket.destroy();
  if (isStale) await rm(path, { force: true });
}
