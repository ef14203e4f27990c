// A peer that dials an engine encrypted, and closes when it has its handshake.

import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { KeyExchange, MseDialer, type MseStep } from "@troupe/protocol/encryption";
import { encodeHandshake } from "@troupe/protocol/peer";
import { parseInfoHash } from "@troupe/protocol/units";

const exchange = new KeyExchange({ bytes: (length) => new Uint8Array(randomBytes(length)) });
/** One pair for all: the engine's half of the work is the one that counts. */
const keys = exchange.makePair();
const peerId = new Uint8Array(20).fill(0x7a);

/** The engine that is dialled, and the address that it is dialled from. */
export interface EncryptedDial {
  readonly host: string;
  readonly port: number;
  /** Numeric. Default: the system's choice. */
  readonly localAddress?: string;
  /** 40 hex digits. */
  readonly infoHash: string;
  readonly timeoutMs: number;
}

/** Dials once, without another try. @returns Whether both handshakes were complete in time. */
export async function dialEncrypted(dial: EncryptedDial): Promise<boolean> {
  const { host, port, localAddress, timeoutMs } = dial;
  const socket = connect({ host, port, ...(localAddress !== undefined && { localAddress }) });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), timeoutMs);
  socket.setNoDelay(true);
  socket.on("error", () => resolve(false));
  socket.on("close", () => resolve(false));
  socket.on("connect", () => socket.write(keys.publicKey));
  followHandshake(socket, dial, () => resolve(true));
  const hasEntered = await promise;
  clearTimeout(timer);
  socket.destroy();
  return hasEntered;
}

function followHandshake(socket: Socket, dial: EncryptedDial, entered: () => void): void {
  const infoHash = parseInfoHash(dial.infoHash);
  const firstPayload = encodeHandshake({ infoHash, peerId });
  const machine = new MseDialer({ infoHash, offersPlain: false, firstPayload });
  const follow = (step: MseStep): void => {
    if (step.kind === "done") return entered();
    if (step.kind === "more") return;
    socket.write(machine.useSecret(exchange.secret(keys, step.key), new Uint8Array()));
    follow(machine.receive(new Uint8Array()));
  };
  socket.on("data", (chunk: Buffer) => {
    try {
      follow(machine.receive(new Uint8Array(chunk)));
    } catch {
      socket.destroy();
    }
  });
}
