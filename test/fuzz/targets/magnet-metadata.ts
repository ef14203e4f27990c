import { sha1, sha256, hexadecimal } from "@troupe/protocol/bytes";
import { type InfoHashes, infoHashV2 } from "@troupe/protocol/identity";
import { wrapInfo } from "@troupe/protocol/metainfo";
import { metadataBlock, metadataBlocks } from "@troupe/protocol/peer";
import { treeParts, treeTorrent } from "@troupe/protocol/testing";
import { blockLengthBytes, type InfoHash } from "@troupe/protocol/units";
import { readContent } from "../../../packages/coordinator/src/torrent/content-gate.ts";
import { refuseOtherHash } from "../../../packages/coordinator/src/torrent/metadata/learn-hashes.ts";
import { MetadataFetch } from "../../../packages/coordinator/src/torrent/metadata/metadata-fetch.ts";
import { bencoded } from "../engine/bencode-tree.ts";
import { bencodeMutator } from "../engine/mutate-bencode.ts";
import { hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { holdOwnPaths, holdSizes } from "./parse-torrent.ts";

const mostBytes = 40_000;
const root = new Uint8Array(32).fill(9);

/** Metadata that peers send for a magnet link, with the hashes that the link names (BEP 9, 52). */
export const magnetMetadata: FuzzTarget = {
  name: "magnet-metadata",
  oracle:
    "metadata comes whole if its hash is that of the link, never with a bit turned; it is refused with a code, or names the hashes of the link and no others, and pieces whose hashes are missing are known to be so",
  sources: [
    "coordinator/src/torrent/metadata/metadata-fetch",
    "coordinator/src/torrent/metadata/metadata-copy",
    "coordinator/src/torrent/metadata/learn-hashes",
    "coordinator/src/torrent/content-gate",
    "protocol/src/metainfo/file-tree",
    "protocol/src/metainfo/place-tree",
  ],
  seeds,
  mutate: bencodeMutator({
    keys: [
      ..."file tree|meta version|piece length|pieces|files|length|path|attr|pieces root".split("|"),
      ..."piece layers|private|name|a|b|..|.|/|".split("|"),
    ],
    strings: [..."p|l|x|a|b|..|".split("|"), root, new Uint8Array(32), new Uint8Array(20)],
  }),
  maxBytes: mostBytes,
  run(input) {
    if (input.length === 0) return;
    const right: InfoHashes = {
      v1: hexadecimal(sha1(input)) as InfoHash,
      v2: infoHashV2(sha256(input)),
    };
    const named = [right, { v2: right.v2 }, { v1: right.v1 }][input.length % 3] as InfoHashes;
    const place = (input[0] ?? 0) % input.length;
    const turned = new Uint8Array(input);
    turned[place] = (turned[place] ?? 0) ^ (1 << (place & 7));
    hold(fetched(named, turned) === undefined, "metadata of another hash is taken");
    const metadata = fetched(named, input);
    hold(metadata !== undefined && sameBytes(metadata, input), "the metadata does not come");
    holdContent(metadata, named, right);
  },
};

/** @returns What two peers that send these bytes bring. */
function fetched(named: InfoHashes, bytes: Uint8Array): Uint8Array | undefined {
  const fetch = new MetadataFetch(named);
  const sizeBytes = bytes.length;
  for (const key of ["a", "b"])
    fetch.offered(key, { sizeBytes, host: `45.0.${key.length}.1`, requestsAtOnce: 8 }, 0);
  for (let rounds = metadataBlocks(sizeBytes); rounds > 0; rounds--)
    for (const { key, block } of fetch.decide(0).asks)
      fetch.received(key, { block, sizeBytes, bytes: metadataBlock(bytes, block) }, 0);
  return fetch.metadata;
}

function holdContent(info: Uint8Array, named: InfoHashes, right: InfoHashes): void {
  const torrent = wrapInfo({ info, trackers: [["http://tracker.example/announce"]] });
  const content = readContent(torrent, { source: "network" });
  if ("refused" in content)
    return hold(content.message.length > 10, "a refusal without a sentence");
  const { files, geometry, infoHash, infoHashes, infoSpan, pieceHashes } = content;
  // Bytes behind the dictionary would be keys of the .torrent.
  if (infoSpan.end - infoSpan.start !== info.length) return;
  holdSizes(content);
  holdOwnPaths(content);
  hold([undefined, right.v1].includes(infoHashes.v1), "another hash of version 1");
  hold([undefined, right.v2].includes(infoHashes.v2), "another hash of version 2");
  const isOther = refuseOtherHash({ ...link, infoHash, infoHashes: named }, content) !== undefined;
  const lacks = (["v1", "v2"] as const).some(
    (version) => named[version] !== undefined && infoHashes[version] === undefined,
  );
  hold(isOther === lacks, "a hash of the link is not that of the metadata");
  if (infoHashes.v2 === undefined) return;
  for (const { isPadding, lengthBytes, offset } of files) {
    if (isPadding || lengthBytes <= geometry.pieceLengthBytes) continue;
    const piece = offset / geometry.pieceLengthBytes;
    hold(!pieceHashes.isNodeKnown(piece), "a hash that no peer has proved is known");
  }
}

const link = { trackers: [], webSeeds: [], peers: [], warnings: [] };

function seeds(): Uint8Array[] {
  const file = (path: string, length: number) => ({ path, bytes: new Uint8Array(length).fill(5) });
  const small = treeParts([file("a", 0), file("b/c", 1), file("d", 40_000)], blockLengthBytes);
  const info = { "meta version": 2, name: "n", "piece length": blockLengthBytes };
  const tree = { a: { "": { length: 200_000, "pieces root": root } } };
  const padding = new Uint8Array(20_000);
  return [
    infoIn(treeTorrent(small, blockLengthBytes, "v2", { layers: undefined })),
    infoIn(treeTorrent(small, blockLengthBytes, "hybrid", { layers: undefined })),
    bencoded({ ...info, "file tree": tree }),
    bencoded({ ...info, "file tree": tree, z: padding }),
    bencoded({
      length: 9,
      name: "n",
      "piece length": blockLengthBytes,
      pieces: new Uint8Array(20),
    }),
  ];
}

/** The `info` of a .torrent that has nothing else. */
function infoIn(torrent: Uint8Array): Uint8Array {
  return torrent.slice("d4:info".length, -1);
}
