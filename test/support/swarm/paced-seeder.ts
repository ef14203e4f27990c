// A peer that has everything, over a real socket: what a download looks like from the other end of the wire. It has a door: a
// test sets how much of the payload it gives, at any load of the machine. A pace is for tests whose subject is slow peers.

import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { readUint32 } from "@troupe/protocol/bytes";
import {
  blockHeaderBytes,
  encodeHandshake,
  fillBits,
  handshakeLengthBytes,
  MessageId,
  writeBitfield,
  writeBlockHeader,
  writeUnchoke,
} from "@troupe/protocol/peer";
import type { InfoHash } from "@troupe/protocol/units";

/** Bytes go out this often, a slice of the pace each time. */
const slicesPerSecond = 20;

/** Which torrent, and how it is given. */
export interface PacedSeederOptions {
  readonly infoHash: string;
  /** The whole payload. */
  readonly payload: Uint8Array;
  readonly pieceLengthBytes: number;
  /** Gives nothing before `allow` or `open`. */
  readonly isShut?: boolean;
  /** Payload bytes a second to each peer; `Infinity`, the default, is no pace. */
  readonly bytesPerSecond?: number;
  /** Ends the connection, and listens no more, when it has given so many bytes: in the middle of a block if need be. */
  readonly vanishesAfterBytes?: number;
  /** Local address; 127.0.0.1 by default. */
  readonly host?: string;
  /** Called for each block that is requested, cancelled, or sent whole. */
  readonly watch?: (what: "asked" | "cancelled" | "given", piece: number, begin: number) => void;
}

/** Listens for peers and gives each what it asks for. */
export class PacedSeeder implements AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Payload bytes given so far. */
  givenBytes = 0;
  /** Connections that came so far. */
  connections = 0;
  /** Open connections. */
  readonly sockets = new Set<Socket>();
  readonly options: PacedSeederOptions;
  readonly #server: Server;
  #hasVanished = false;
  #allowedBytes: number;
  readonly #visits = new Set<Visit>();
  #whenAlone: (() => void)[] = [];

  private constructor(server: Server, options: PacedSeederOptions) {
    const { address, port } = server.address() as AddressInfo;
    this.host = address;
    this.port = port;
    this.options = options;
    this.#server = server;
    this.#allowedBytes = options.isShut === true ? 0 : Infinity;
    server.on("connection", (socket) => this.#join(socket));
  }

  /** Listens on any free port. */
  static async open(options: PacedSeederOptions): Promise<PacedSeeder> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: options.host ?? "127.0.0.1", port: 0 }, resolve);
    });
    return new PacedSeeder(server, options);
  }

  /** Opens the door for good. */
  open(): void {
    this.allow(Infinity);
  }

  /** Gives payload until it has given so many bytes since its start. */
  allow(totalBytes: number): void {
    this.#allowedBytes = Math.floor(totalBytes);
    for (const visit of this.#visits) visit.pump();
  }

  /** Settles when no peer is connected. */
  async whenAlone(): Promise<void> {
    if (this.sockets.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenAlone.push(resolve);
    });
  }

  /** Counts bytes that are about to be given. @returns how many of them; fewer at a closed door, or when it vanishes. */
  give(bytes: number): number {
    const vanishesAt = this.options.vanishesAfterBytes ?? Infinity;
    const given = Math.min(bytes, vanishesAt - this.givenBytes, this.#left);
    this.givenBytes += given;
    this.#hasVanished = this.givenBytes === vanishesAt;
    return given;
  }

  /** The door lets nothing pass. */
  get isShut(): boolean {
    return this.#left <= 0;
  }

  get #left(): number {
    return this.#allowedBytes - this.givenBytes;
  }

  /** It has given all that it was to give. */
  get hasVanished(): boolean {
    return this.#hasVanished;
  }

  /** Ends every connection and listens no more. */
  vanish(): void {
    this.#hasVanished = true;
    this.#server.close();
    for (const socket of this.sockets) socket.destroySoon();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  #join(socket: Socket): void {
    this.connections++;
    this.sockets.add(socket);
    const visit = new Visit(this, socket);
    this.#visits.add(visit);
    const isPaced = (this.options.bytesPerSecond ?? Infinity) < Infinity;
    const pace = isPaced ? setInterval(() => visit.passSlice(), 1000 / slicesPerSecond) : undefined;
    socket.on("data", (chunk) => visit.hear(chunk as Buffer));
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(pace);
      this.sockets.delete(socket);
      this.#visits.delete(visit);
      if (this.sockets.size === 0) for (const alone of this.#whenAlone.splice(0)) alone();
    });
  }
}

/** A block on its way, or waiting to be. */
interface Order {
  readonly piece: number;
  readonly begin: number;
  readonly lengthBytes: number;
}

/** One peer that is being served. */
class Visit {
  readonly #seeder: PacedSeeder;
  readonly #socket: Socket;
  readonly #orders: Order[] = [];
  #unread: Buffer = Buffer.alloc(0);
  #hasShakenHands = false;
  /** The rest of the block being sent. */
  #rest: Uint8Array | undefined;
  /** Bytes that may go out now. */
  #allowance = 0;

  constructor(seeder: PacedSeeder, socket: Socket) {
    this.#seeder = seeder;
    this.#socket = socket;
  }

  /** A slice of a second is over. */
  passSlice(): void {
    const slice = (this.#seeder.options.bytesPerSecond ?? Infinity) / slicesPerSecond;
    // A peer that asks for nothing saves no allowance up.
    this.#allowance = Math.min(this.#allowance + slice, Math.max(slice, 16_384));
    this.pump();
  }

  /** Takes what the peer says. */
  hear(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    if (!this.#hasShakenHands) {
      if (this.#unread.length < handshakeLengthBytes) return;
      this.#hasShakenHands = true;
      this.#unread = this.#unread.subarray(handshakeLengthBytes);
      this.#greet();
    }
    while (this.#unread.length >= 4) {
      const end = 4 + readUint32(this.#unread, 0);
      if (this.#unread.length < end) break;
      this.#take(this.#unread.subarray(4, end));
      this.#unread = this.#unread.subarray(end);
    }
    this.pump();
  }

  #greet(): void {
    const { infoHash, payload, pieceLengthBytes } = this.#seeder.options;
    const peerId = Buffer.from(`-XX0000-${String(this.#seeder.port).padStart(12, "0")}`);
    this.#socket.write(encodeHandshake({ infoHash: infoHash as InfoHash, peerId }));
    const pieces = Math.ceil(payload.length / pieceLengthBytes);
    const bits = new Uint8Array(Math.ceil(pieces / 8));
    fillBits(bits, 0, pieces - 1, true);
    const greeting = new Uint8Array(5 + bits.length + 5);
    writeUnchoke(greeting, writeBitfield(greeting, 0, bits));
    this.#socket.write(greeting);
  }

  #take(message: Buffer): void {
    const id = message[0];
    if (id !== MessageId.request && id !== MessageId.cancel) return;
    const [piece, begin] = [readUint32(message, 1), readUint32(message, 5)];
    const { watch } = this.#seeder.options;
    if (id === MessageId.request) {
      this.#orders.push({ piece, begin, lengthBytes: readUint32(message, 9) });
      watch?.("asked", piece, begin);
      return;
    }
    const at = this.#orders.findIndex((order) => order.piece === piece && order.begin === begin);
    // The first one may be half given: it is given whole then.
    if (at < 0 || (at === 0 && this.#rest !== undefined)) return;
    this.#orders.splice(at, 1);
    watch?.("cancelled", piece, begin);
  }

  /** Gives what may be given now. */
  pump(): void {
    const { bytesPerSecond = Infinity, watch } = this.#seeder.options;
    if (bytesPerSecond === Infinity) this.#allowance = Infinity;
    for (let order = this.#orders[0]; order !== undefined; order = this.#orders[0]) {
      if (this.#allowance < 1 || this.#socket.destroyed || this.#seeder.hasVanished) return;
      if (this.#seeder.isShut) return;
      this.#rest ??= this.#start(order);
      const bytes = this.#seeder.give(Math.floor(Math.min(this.#allowance, this.#rest.length)));
      this.#socket.write(this.#rest.subarray(0, bytes));
      this.#allowance -= bytes;
      this.#rest = this.#rest.subarray(bytes);
      if (this.#seeder.hasVanished) return this.#seeder.vanish();
      if (this.#rest.length > 0) return;
      this.#rest = undefined;
      this.#orders.shift();
      watch?.("given", order.piece, order.begin);
    }
  }

  /** Sends the head of a block. @returns its bytes. */
  #start({ piece, begin, lengthBytes }: Order): Uint8Array {
    const { payload, pieceLengthBytes } = this.#seeder.options;
    const head = new Uint8Array(blockHeaderBytes);
    writeBlockHeader(head, 0, piece, begin, lengthBytes);
    this.#socket.write(head);
    const at = piece * pieceLengthBytes + begin;
    return payload.subarray(at, at + lengthBytes);
  }
}
