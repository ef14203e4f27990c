// `nodes` of a .torrent: https://www.bittorrent.org/beps/bep_0005.html "Torrent File Extensions".

import { addressKey, isHostText } from "../address/address.ts";
import { integerOr } from "../bencode/bencode-fields.ts";
import type { BencodeValue } from "../bencode/bencode-value.ts";
import type { PeerAddress } from "../address/peer-address.ts";

/** DHT nodes of a torrent. */
export const maxTorrentNodes = 100;

const longestHostBytes = 253;
const latin1 = new TextDecoder("latin1");

/**
 * The DHT nodes of a torrent: a list of pairs of host and port. Unusable entries are left out, because the DHT has other
 * nodes.
 *
 * @param warnings Gets a sentence for each reason to leave entries out.
 * @returns At most 100 different nodes, in file order. The host may be a name.
 */
export function readTorrentNodes(
  torrent: BencodeValue,
  warnings: string[],
): readonly PeerAddress[] {
  const nodes = new Map<string, PeerAddress>();
  const leftOut = { malformed: 0, beyond: 0 };
  for (const entry of entriesOf(torrent.get("nodes"))) {
    const node = readNode(entry);
    const key = node && addressKey(node.host, node.port);
    if (node === undefined || key === undefined) leftOut.malformed++;
    else if (nodes.has(key)) continue;
    else if (nodes.size >= maxTorrentNodes) leftOut.beyond++;
    else nodes.set(key, node);
  }
  if (leftOut.malformed > 0) {
    warnings.push(`${leftOut.malformed} DHT nodes left out: the entry is no host and port`);
  }
  if (leftOut.beyond > 0) {
    warnings.push(
      `${leftOut.beyond} DHT nodes left out: the node is not among the first ${maxTorrentNodes}`,
    );
  }
  return [...nodes.values()];
}

function entriesOf(value: BencodeValue | undefined): Iterable<BencodeValue> {
  if (value === undefined) return [];
  return value.kind === "list" ? value.items() : [value];
}

function readNode(entry: BencodeValue): PeerAddress | undefined {
  const [hostValue, portValue] = entry.items();
  const hostBytes = hostValue?.string;
  if (hostBytes === undefined || hostBytes.length > longestHostBytes) return undefined;
  const host = latin1.decode(hostBytes);
  const port = integerOr(portValue, 1, 65_535, undefined);
  return port === undefined || !isHostText(host) ? undefined : { host, port };
}
