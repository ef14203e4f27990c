// Misuses of the handshake, and what is no handshake at all.

import type { InfoHash } from "@troupe/protocol/units";
import type { HostilePeer } from "../hostile-peer.ts";
import type { RawConnection } from "../raw-connection.ts";

/** Where the peer id begins in a handshake: the info-hash before it is enough for an answer. */
const idAt = 48;

/** Random bytes, the first of which begins no handshake. */
function meaninglessBytes(connection: RawConnection, lengthBytes: number): Uint8Array {
  const bytes = connection.noise(lengthBytes);
  bytes[0] = (bytes[0] ?? 0) | 0x80;
  return bytes;
}

/** Misuses of the handshake. */
export const handshakes: readonly HostilePeer[] = [
  {
    name: "wrong-protocol-string",
    does: "sends a handshake of another protocol",
    cases: [36],
    async misbehave(connection) {
      const handshake = connection.handshake();
      handshake[19] = 0x4c;
      await connection.send(handshake);
    },
  },
  {
    name: "http-request",
    does: "asks for a web page",
    cases: [36],
    async misbehave(connection) {
      await connection.send(Buffer.from("GET /announce HTTP/1.1\r\nHost: tracker.example\r\n\r\n"));
    },
  },
  {
    name: "tls-hello",
    does: "begins a TLS handshake",
    cases: [36],
    async misbehave(connection) {
      const hello = new Uint8Array(517);
      hello.set([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]);
      await connection.send(hello);
    },
  },
  {
    name: "noise",
    does: "sends random bytes, as an encrypted handshake looks without its key",
    cases: [36],
    async misbehave(connection) {
      await connection.send(meaninglessBytes(connection, 608));
    },
  },
  {
    name: "unknown-info-hash",
    does: "sends a handshake for an unknown torrent",
    cases: [37],
    async misbehave(connection) {
      const infoHash = Buffer.from(meaninglessBytes(connection, 20)).toString("hex") as InfoHash;
      await connection.send(connection.handshake({ infoHash }));
    },
  },
  {
    name: "own-peer-id",
    does: "waits for our peer id and sends it as its own",
    cases: [38],
    async misbehave(connection) {
      await connection.send(connection.handshake().subarray(0, idAt));
      await connection.send(await connection.remotePeerId());
    },
  },
  {
    name: "silent",
    does: "connects and sends nothing",
    cases: [35],
    async misbehave(connection) {
      await connection.closed;
    },
  },
  {
    name: "slow-handshake",
    does: "sends its handshake one byte every nine seconds",
    cases: [35],
    async misbehave(connection) {
      await connection.trickle(9_000, connection.handshake());
    },
  },
  {
    name: "half-handshake",
    does: "sends its handshake up to the info-hash, without its peer id",
    cases: [35],
    async misbehave(connection) {
      await connection.send(connection.handshake().subarray(0, 48));
    },
  },
  {
    name: "silent-when-dialled",
    does: "accepts a connection and sends nothing",
    cases: [35],
    isDialled: true,
    async misbehave(connection) {
      await connection.closed;
    },
  },
  {
    name: "other-torrent-when-dialled",
    does: "answers a dial with the handshake of another torrent",
    cases: [37],
    isDialled: true,
    async misbehave(connection) {
      const infoHash = Buffer.from(meaninglessBytes(connection, 20)).toString("hex") as InfoHash;
      await connection.send(connection.handshake({ infoHash }));
    },
  },
];
