// A thread that sends hostile datagrams to a port of this machine: SYNs of uTP, packets without a connection, and nonsense that
// looks like that of the DHT or of trackers, from some addresses of loopback.

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { parentPort, workerData } from "node:worker_threads";

import { utpTypes, writeUtpHeader } from "@troupe/protocol/utp";

/** The flood of a thread. */
export interface FloodOrder {
  readonly host: string;
  readonly port: number;
  readonly perSecond: number;
}

const { host, perSecond, port } = workerData as FloodOrder;
const types = Object.values(utpTypes);
const senders = 16;
const roundMs = 10;
let sent = 0;

const sockets = await Promise.all(Array.from({ length: senders }, open));
const startedMs = performance.now();
const timer = setInterval(round, roundMs);
parentPort?.on("message", () => {
  clearInterval(timer);
  for (const socket of sockets) socket.close();
  parentPort?.postMessage(sent);
  parentPort?.close();
});

async function open(_: unknown, at: number): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, `127.0.1.${at + 1}`);
  await once(socket, "listening");
  socket.on("error", () => undefined);
  return socket;
}

/** Sends what is due; of a delay no more than a tenth of a second is made good. */
function round(): void {
  const isFirst = sent === 0;
  const due = ((performance.now() - startedMs) / 1_000) * perSecond - sent;
  for (let left = Math.min(due, perSecond / 10); left > 0; left--) {
    const bytes = hostile(sent);
    sockets[sent % senders]?.send(bytes, port, host, () => undefined);
    sent++;
  }
  if (isFirst && sent > 0) parentPort?.postMessage(sent);
}

function hostile(number: number): Uint8Array {
  const bytes = new Uint8Array(20 + (number % 80));
  for (let at = 20; at < bytes.length; at++) bytes[at] = (number * at) & 0xff;
  if (number % 8 === 6) bytes[0] = 0x64;
  else if (number % 8 === 7) bytes[0] = 0;
  else
    writeUtpHeader(bytes, {
      type: number % 2 === 0 ? utpTypes.syn : (types[number % types.length] ?? utpTypes.data),
      connectionId: (number * 7) & 0xffff,
      timestampUs: number,
      differenceUs: number,
      windowBytes: number,
      seq: (number * 13) & 0xffff,
      ack: (number * 31) & 0xffff,
    });
  return bytes;
}
