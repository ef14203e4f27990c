// https://www.bittorrent.org/beps/bep_0014.html: a peer announces a torrent to the peers of its local network.
//
//   BT-SEARCH * HTTP/1.1
//   Host: 239.192.152.143:6771      the group; [ff15::efc0:988f]:6771 over IPv6
//   Port: 6881                      the sender's TCP port
//   Infohash: 40 hexadecimal digits, once or several times
//   cookie: of the sender's choice, to know its own datagrams by
//
// Lines end in CR LF, and two empty lines end the announce. Some clients read 200 bytes: one info-hash has room in them.

import { ProtocolError } from "../errors.ts";
import { parseDigits } from "../address/ip-address.ts";
import { parseInfoHash, type InfoHash } from "../units.ts";
import type { PeerAddress } from "../address/peer-address.ts";

/** The multicast groups, by address family. */
export const localGroups: Readonly<Record<4 | 6, PeerAddress>> = {
  4: { host: "239.192.152.143", port: 6_771 },
  6: { host: "ff15::efc0:988f", port: 6_771 },
};

/** Bytes of a datagram. */
export const maxLocalAnnounceBytes = 1_400;

/** Torrents that a peer of the local network announces. */
export interface LocalAnnounce {
  /** 1 to 65,535. The peer's address is that of the datagram. */
  readonly port: number;
  /** At least one, each once. */
  readonly infoHashes: readonly InfoHash[];
  readonly cookie: string | undefined;
}

/** An announce of ours. */
export interface OwnLocalAnnounce {
  readonly port: number;
  readonly infoHash: InfoHash;
  readonly cookie: string;
}

const requestLine = /^BT-SEARCH \* HTTP\/1\.\d$/;
const hexadecimalHash = /^[0-9a-f]{40}$/i;

/** @returns At most 200 bytes with a cookie of up to 16 characters. */
export function encodeLocalAnnounce(
  family: 4 | 6,
  { port, infoHash, cookie }: OwnLocalAnnounce,
): Uint8Array {
  const { host, port: groupPort } = localGroups[family];
  const group = family === 6 ? `[${host}]` : host;
  const lines = [
    "BT-SEARCH * HTTP/1.1",
    `Host: ${group}:${groupPort}`,
    `Port: ${port}`,
    `Infohash: ${infoHash}`,
    `cookie: ${cookie}`,
  ];
  return new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n\r\n`);
}

/**
 * @param bytes Read during the call only. Unknown headers, and info-hashes that are none, are ignored.
 * @throws {ProtocolError} `datagram-malformed` for more than 1,400 bytes, another first line, no port from 1 to 65,535, and
 *   no info-hash.
 */
export function decodeLocalAnnounce(bytes: Uint8Array): LocalAnnounce {
  if (bytes.length > maxLocalAnnounceBytes) {
    throw malformed(`it has ${bytes.length} bytes, more than ${maxLocalAnnounceBytes}`);
  }
  const [first = "", ...lines] = Buffer.from(bytes).toString("latin1").split(/\r?\n/);
  if (!requestLine.test(first)) throw malformed("its first line is not BT-SEARCH * HTTP/1.1");
  const headers = lines.map(readHeader);
  const valuesOf = (name: string): string[] =>
    headers.flatMap((header) => (header.name === name ? [header.value] : []));
  const port = parseDigits(valuesOf("port")[0] ?? "", 10, 5) ?? 0;
  if (port < 1 || port > 65_535) throw malformed("it has no port from 1 to 65,535");
  const hashes = valuesOf("infohash").filter((text) => hexadecimalHash.test(text));
  if (hashes.length === 0) throw malformed("it has no info-hash");
  const infoHashes = [...new Set(hashes.map(parseInfoHash))];
  return { port, infoHashes, cookie: valuesOf("cookie")[0] };
}

/** Names are compared in lower case. */
function readHeader(line: string): { readonly name: string; readonly value: string } {
  const colon = line.indexOf(":");
  if (colon < 0) return { name: "", value: "" };
  return { name: line.slice(0, colon).toLowerCase(), value: line.slice(colon + 1).trim() };
}

function malformed(reason: string): ProtocolError {
  return new ProtocolError("datagram-malformed", {
    operation: "decode-local-announce",
    message: `cannot read the local announce: ${reason}`,
  });
}
