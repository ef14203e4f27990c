// https://www.bittorrent.org/beps/bep_0011.html: peers that the sender is connected to, as a message of the extension
// `ut_pex` (BEP 10): a dictionary of compact lists, and a byte of flags for each added peer.

import { classifyAddress, addressKey } from "../address/address.ts";
import { parseIp } from "../address/ip-address.ts";
import { bencodeLimits, decode } from "../bencode/bencode-decode.ts";
import { requireBytes, requireDictionary } from "../bencode/bencode-fields.ts";
import type { BencodeValue } from "../bencode/bencode-value.ts";
import {
  decodeCompact4,
  decodeCompact6,
  encodeCompact4,
  encodeCompact6,
} from "../tracker/bep-23-compact-peers.ts";
import type { PeerAddress } from "../address/peer-address.ts";
import { encodeExtendedMessage } from "./bep-10-extended.ts";

/** Bits of {@link PexPeer.flags}. */
export const PexFlag = {
  prefersEncryption: 1,
  /** A seed, or a peer that downloads nothing more. */
  isSeed: 2,
  supportsUtp: 4,
  supportsHolepunch: 8,
  /** The sender dialled it. */
  isReachable: 16,
  /** The sender's connection speaks version 2 (BEP 52), as libtorrent says it. */
  speaksV2: 128,
} as const;

/** A peer that the sender is connected to. */
export interface PexPeer extends PeerAddress {
  /** A byte of {@link PexFlag}s. */
  readonly flags: number;
}

/** The changes since the sender's last message. */
export interface PeerExchange {
  readonly added: readonly PexPeer[];
  /** Disconnected since. */
  readonly dropped: readonly PeerAddress[];
}

/**
 * @param payload All after the extended id. Read during the call only.
 * @param maxPeers Peers of each of the two lists, IPv4 before IPv6; further ones are left out.
 * @returns Addresses that are fit to dial, each once in a list. A missing flag is 0.
 * @throws {ProtocolError} Any code of {@link decode}; `field-wrong-type`; `compact-wrong-length`.
 */
export function decodePeerExchange(payload: Uint8Array, maxPeers: number): PeerExchange {
  const fields = requireDictionary(decode(payload, bencodeLimits.wire), "message");
  return {
    added: fitToDial(readAdded(fields), maxPeers),
    dropped: fitToDial(
      [
        ...decodeCompact4(bytesOf(fields, "dropped")),
        ...decodeCompact6(bytesOf(fields, "dropped6")),
      ],
      maxPeers,
    ),
  };
}

function readAdded(fields: BencodeValue): PexPeer[] {
  return [
    ...withFlags(decodeCompact4(bytesOf(fields, "added")), bytesOf(fields, "added.f")),
    ...withFlags(decodeCompact6(bytesOf(fields, "added6")), bytesOf(fields, "added6.f")),
  ];
}

function withFlags(addresses: readonly PeerAddress[], flags: Uint8Array): PexPeer[] {
  return addresses.map((address, place) => ({ ...address, flags: flags[place] ?? 0 }));
}

/** Empty for an absent field. */
function bytesOf(fields: BencodeValue, name: string): Uint8Array {
  const value = fields.get(name);
  return value === undefined ? new Uint8Array(0) : requireBytes(value, name);
}

function fitToDial<Address extends PeerAddress>(
  addresses: readonly Address[],
  maxPeers: number,
): Address[] {
  const different = new Map<string, Address>();
  for (const address of addresses) {
    if (different.size >= maxPeers) break;
    const { host, port } = address;
    if (port === 0 || classifyAddress(host) === "refused") continue;
    const key = addressKey(host, port);
    if (!different.has(key)) different.set(key, address);
  }
  return [...different.values()];
}

/**
 * Writes `added.f` and `added6.f` always: some clients ignore a list without.
 *
 * @param id The receiver's id of `ut_pex`, 1 to 255.
 * @param exchange Numeric addresses; others are left out.
 * @returns The whole message.
 */
export function encodePeerExchange(id: number, { added, dropped }: PeerExchange): Uint8Array {
  const added4 = ofFamily(added, 4);
  const added6 = ofFamily(added, 16);
  return encodeExtendedMessage(id, {
    added: encodeCompact4(added4),
    "added.f": flagsOf(added4),
    added6: encodeCompact6(added6),
    "added6.f": flagsOf(added6),
    dropped: encodeCompact4(dropped),
    dropped6: encodeCompact6(dropped),
  });
}

function ofFamily(peers: readonly PexPeer[], ipBytes: number): PexPeer[] {
  return peers.filter(({ host }) => parseIp(host)?.length === ipBytes);
}

function flagsOf(peers: readonly PexPeer[]): Uint8Array {
  return Uint8Array.from(peers, ({ flags }) => flags);
}
