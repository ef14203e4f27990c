// Hostile trackers whose misdeed is on the wire: below HTTP, or in datagrams that only a real network carries.

import { gzip } from "node:zlib";
import type { Socket } from "node:net";
import {
  decodeUdpRequest,
  encodeUdpAnnounceReply,
  encodeUdpConnectReply,
  type ConnectionId,
} from "@troupe/protocol/tracker";
import type { HostileTracker } from "./hostile-tracker.ts";

/** A hostile tracker over TCP. */
export interface HostileTcpTracker extends HostileTracker {
  /** Called with each request. */
  readonly respond: (socket: Socket, path: string) => void;
}

/** A hostile tracker over UDP. */
export interface HostileDatagramTracker extends HostileTracker {
  /** Called with each datagram. */
  readonly answer: (request: Uint8Array, send: (reply: Uint8Array) => void) => void;
}

const bombBytes = 200 << 20;
const floodDatagrams = 20_000;
/** The most bytes of a datagram over IPv4. */
const longestDatagram = 65_507;

function head(...fields: readonly string[]): string {
  return ["HTTP/1.1 200 OK", ...fields, "", ""].join("\r\n");
}

/** Writes the same bytes until the connection closes, as fast as they are taken. */
function writeForEver(socket: Socket, bytes: Uint8Array | string): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on("drain", more);
  more();
}

function redirect(location: string): string {
  return `HTTP/1.1 302 Found\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`;
}

/** In the order in which a client would get to the misdeed. */
export const tcpTrackers: readonly HostileTcpTracker[] = [
  {
    name: "closes-at-once",
    does: "closes the connection at the request",
    cases: [71],
    respond: (socket) => void socket.destroy(),
  },
  {
    name: "noise",
    does: "answers with bytes that are not HTTP",
    cases: [71],
    respond: (socket) => void socket.end(Buffer.alloc(10_000, 0xd9)),
  },
  {
    name: "endless-headers",
    does: "sends headers without end",
    cases: [71],
    respond: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      writeForEver(socket, `x-more: ${"x".repeat(1_000)}\r\n`);
    },
  },
  {
    name: "length-of-4-gib",
    does: "announces a body of 4 GiB and sends none of it",
    cases: [71],
    respond: (socket) => void socket.write(head("content-length: 4294967296")),
  },
  {
    name: "endless-body",
    does: "sends a body without end",
    cases: [71],
    respond: (socket) => {
      socket.write(head());
      writeForEver(socket, Buffer.alloc(65_536, "x"));
    },
  },
  {
    name: "endless-chunks",
    does: "sends chunks of one byte without end",
    cases: [71],
    respond: (socket) => {
      socket.write(head("transfer-encoding: chunked"));
      writeForEver(socket, "1\r\nx\r\n".repeat(10_000));
    },
  },
  {
    name: "endless-chunk-length",
    does: "sends the length of a chunk without end",
    cases: [71],
    respond: (socket) => {
      socket.write(head("transfer-encoding: chunked"));
      writeForEver(socket, "0".repeat(65_536));
    },
  },
  {
    name: "endless-interim-replies",
    does: "sends interim replies without end",
    cases: [71],
    respond: (socket) => writeForEver(socket, "HTTP/1.1 102 Processing\r\n\r\n".repeat(1_000)),
  },
  {
    name: "endless-blank-lines",
    does: "sends blank lines without end",
    cases: [71],
    respond: (socket) => writeForEver(socket, "\r\n".repeat(30_000)),
  },
  {
    name: "broken-chunks",
    does: "sends a chunk whose length is no number",
    cases: [71],
    respond: (socket) =>
      void socket.end(`${head("transfer-encoding: chunked")}5\r\nd8:in\r\nzz\r\n`),
  },
  {
    name: "body-cut-off",
    does: "sends ten bytes of a body of a hundred",
    cases: [71],
    respond: (socket) => void socket.end(`${head("content-length: 100")}d8:interva`),
  },
  {
    name: "gzip-bomb",
    does: "sends 200 KB that inflate to 200 MiB",
    cases: [71],
    respond: (socket) => {
      gzip(Buffer.alloc(bombBytes), (_, body) => {
        socket.write(head("content-encoding: gzip", `content-length: ${body.length}`));
        socket.end(body);
      });
    },
  },
  {
    name: "broken-gzip",
    does: "calls text gzip",
    cases: [71],
    respond: (socket) => void socket.end(`${head("content-encoding: gzip")}d8:intervali60ee`),
  },
  {
    name: "unknown-encoding",
    does: "uses an encoding that was not requested",
    cases: [71],
    respond: (socket) => void socket.end(`${head("content-encoding: br")}d8:intervali60ee`),
  },
  {
    name: "redirect-loop",
    does: "redirects to itself for ever",
    cases: [72],
    respond: (socket, path) => void socket.end(redirect(path)),
  },
  {
    name: "redirect-to-file",
    does: "redirects to a file of our machine",
    cases: [72],
    respond: (socket) => void socket.end(redirect("file:///etc/passwd")),
  },
];

function rightReply(request: Uint8Array): Uint8Array {
  const { action, transactionId } = decodeUdpRequest(request);
  return action === "connect"
    ? encodeUdpConnectReply(transactionId, 1n as ConnectionId)
    : encodeUdpAnnounceReply(transactionId, { intervalSeconds: 1_800, peers: [] }, 4);
}

/** Answers announces; a connect gets its reply. */
function toAnnounce(
  answer: (reply: Uint8Array, send: (reply: Uint8Array) => void) => void,
): HostileDatagramTracker["answer"] {
  return (request, send) => {
    const reply = rightReply(request);
    if (decodeUdpRequest(request).action === "announce") answer(reply, send);
    else send(reply);
  };
}

/** All hostile UDP trackers that need a real socket. */
export const datagramTrackers: readonly HostileDatagramTracker[] = [
  {
    name: "datagram-of-64-kib",
    does: "names ten thousand peers in one datagram of 64 KiB",
    cases: [70, 74],
    answer: toAnnounce((reply, send) => {
      const long = new Uint8Array(longestDatagram);
      long.set(reply);
      // Ports of 127.1.0.0 and following: nothing listens there.
      for (let at = reply.length, n = 0; at + 6 <= long.length; at += 6, n++) {
        long.set([127, 1, n >> 8, n & 255, 0, 1], at);
      }
      send(long);
    }),
  },
  {
    name: "flood-of-datagrams",
    does: "answers an announce and sends 20,000 further datagrams",
    cases: [74],
    answer: toAnnounce((reply, send) => {
      for (let i = 0; i < floodDatagrams; i++) send(reply);
    }),
  },
];
