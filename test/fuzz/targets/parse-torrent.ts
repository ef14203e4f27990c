import { posix, win32 } from "node:path";

import type { Metainfo } from "@troupe/protocol/metainfo";
import { addressKey, parseHostPort } from "@troupe/protocol/address";
import { maxTorrentNodes } from "@troupe/protocol/dht";
import { FileMap, maxPieces, maxTrackers, parseTorrent, wrapInfo } from "@troupe/protocol/metainfo";

import { infoFields, infoTable } from "../../../packages/cli/src/commands/info.ts";
import { acceptedBy, hold, isClean } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { mutateTorrent, torrentSeeds } from "../engine/torrents.ts";
import { isTrackerUrl } from "./tracker-url.ts";

/** The gate for .torrent files, and what `troupe info` prints of them. */
export const parseTorrentTarget: FuzzTarget = {
  name: "parse-torrent",
  oracle:
    "refused with a code, or sizes agree, info-hash, sizes and paths are those of the info dictionary alone, every path stays below the download folder, with portable names on every system, no two files have one path, in each layout, trackers pass their own check, and what is printed holds nothing that a terminal obeys",
  sources: ["protocol/src/"],
  seeds: torrentSeeds,
  mutate: mutateTorrent,
  run(input) {
    const fromNetwork = acceptedBy(() => parseTorrent(input, { source: "network" }));
    const fromFile = acceptedBy(() => parseTorrent(input));
    if (fromNetwork !== undefined)
      hold(fromFile !== undefined, "a file is held to more than the network");
    if (fromFile === undefined) return;
    holdSizes(fromFile);
    holdOwnPaths(fromFile);
    holdInfoAlone(input, fromFile);
    const portable = acceptedBy(() => parseTorrent(input, { names: "portable" }));
    hold(portable !== undefined, "the rule of names decides whether a torrent is accepted");
    if (portable !== undefined) holdPaths(portable);
    holdLayouts(input);
    holdTexts(fromFile);
  },
};

/** @throws when anything outside of the info dictionary decides info-hash, sizes or paths. */
function holdInfoAlone(
  input: Uint8Array,
  { files, geometry, infoHashes, infoSpan }: Metainfo,
): void {
  const alone = parseTorrent(
    wrapInfo({ info: input.subarray(infoSpan.start, infoSpan.end), trackers: [] }),
  );
  const [decided, again] = [
    { files, geometry, infoHashes },
    { files: alone.files, geometry: alone.geometry, infoHashes: alone.infoHashes },
  ].map((parts) => JSON.stringify(parts));
  hold(decided === again, "the torrent is another one without its other fields");
}

/** One of the layouts, by one of the rules: all would take too long for each input. */
function holdLayouts(input: Uint8Array): void {
  const layout = input.length % 2 === 0 ? "folder" : "no-folder";
  const names = input.length % 4 < 2 ? "own" : "portable";
  const metainfo = acceptedBy(() => parseTorrent(input, { layout, names }));
  if (metainfo === undefined) return;
  if (names === "own") holdOwnPaths(metainfo);
  else holdPaths(metainfo);
}

/** @throws when sizes, places of files and hashes of pieces do not agree. */
export function holdSizes({ geometry, files, pieceHashes, infoSpan }: Metainfo): void {
  const { totalBytes, pieceLengthBytes, pieceCount, lastPieceLengthBytes } = geometry;
  hold(pieceCount >= 1 && pieceCount <= maxPieces, "too many pieces");
  hold(pieceHashes.bytes.length === pieceHashes.digestBytes * pieceCount, "a piece without a hash");
  hold((pieceCount - 1) * pieceLengthBytes + lastPieceLengthBytes === totalBytes, "sizes differ");
  let offset = 0;
  for (const file of files) {
    hold(file.offset === offset && file.lengthBytes >= 0, "a file has a wrong place");
    offset += file.lengthBytes;
  }
  hold(offset === totalBytes && Number.isSafeInteger(offset), "the files do not add up");
  const map = new FileMap(
    files.map(({ lengthBytes }) => lengthBytes),
    pieceLengthBytes,
  );
  const spans = map.spansOf(pieceCount - 1);
  const last = spans.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  hold(last === lastPieceLengthBytes, "the last piece lies in no file");
  hold(infoSpan.end > infoSpan.start, "the info dictionary has no bytes");
}

/** @throws when a path leaves its root, or two files have one path. */
export function holdOwnPaths({ files }: Metainfo): void {
  const owners = new Map<string, number>();
  for (const [file, { path, otherPaths = [], isPadding }] of files.entries()) {
    if (isPadding) continue;
    const places = otherPaths.filter(({ use }) => use.endsWith("-length"));
    for (const parts of [path, ...otherPaths.map((other) => other.path)]) {
      for (const part of parts) {
        hold(part !== "" && part !== "." && part !== "..", "a part that leads elsewhere");
        hold(
          !/[\p{Cc}/\\\u202a-\u202e\u2066-\u2069]/u.test(part),
          "a part with a character that obeys",
        );
        hold(
          part.isWellFormed() && Buffer.byteLength(part) <= 255,
          "a part that is too long or broken",
        );
      }
      hold(posix.resolve("/root", ...parts).startsWith("/root/"), "leaves the folder");
    }
    for (const parts of [path, ...places.map((place) => place.path)]) {
      const key = parts.join("/");
      hold((owners.get(key) ?? file) === file, () => `two files at ${key}`);
      owners.set(key, file);
    }
  }
}

/** @throws when a path leaves its root, on any system, or has a part that some system cannot hold. */
export function holdPath(path: readonly string[]): void {
  hold(path.length >= 1 && path.length <= 100, "a path of no parts or too many");
  for (const part of path) {
    hold(part !== "" && part !== "." && part !== "..", "a part that leads elsewhere");
    hold(
      part.isWellFormed() && Buffer.byteLength(part) <= 255,
      "a part that is too long or broken",
    );
    hold(!/[\p{Cc}<>:"|?*/\\]|[. ]$/u.test(part), () => `not for Windows: ${part}`);
    hold(!/^(con|prn|aux|nul|com\d|lpt\d)[ ]*(\.|$)/iu.test(part), () => `a device: ${part}`);
  }
  hold(Buffer.byteLength(path.join("/")) <= 3_072, "the path is too long");
  hold(posix.resolve("/root", ...path).startsWith("/root/"), "leaves the folder");
  hold(win32.resolve("Q:\\root", ...path).startsWith("Q:\\root\\"), "leaves the folder on Windows");
}

function holdPaths({ files, name, isSingleFile }: Metainfo): void {
  const seen = new Set<string>();
  for (const { path, isPadding } of files) {
    holdPath(path);
    if (isSingleFile) hold(path.length <= 2 && path.at(-1) === name, "one file under another name");
    if (isPadding) continue;
    const key = path.join("/").normalize("NFC").toLowerCase();
    hold(!seen.has(key), () => `two files at ${key}`);
    seen.add(key);
  }
  for (const { path, isPadding } of files) {
    if (isPadding) continue;
    for (let end = 1; end < path.length; end++) {
      const folder = path.slice(0, end).join("/").normalize("NFC").toLowerCase();
      hold(!seen.has(folder), () => `a file and a folder at ${folder}`);
    }
  }
}

function holdTexts(metainfo: Metainfo): void {
  const { trackers, nodes, comment = "", createdBy = "", warnings, name } = metainfo;
  const urls = trackers.flat();
  hold(
    urls.length <= maxTrackers && new Set(urls).size === urls.length,
    "trackers twice or too many",
  );
  hold(
    trackers.every((tier) => tier.length > 0),
    "an empty tier",
  );
  for (const url of urls) hold(isTrackerUrl(url), "a tracker that its check changes");
  holdNodes(nodes);
  hold(comment.length <= 4_096 && isClean(comment), "an unclean comment");
  hold(createdBy.length <= 256 && isClean(createdBy), "an unclean author");
  hold(isClean(name), "an unclean name");
  for (const line of [...warnings, ...infoTable(metainfo)]) {
    hold(isClean(line), () => `unclean: ${JSON.stringify(line)}`);
  }
  hold(JSON.stringify(infoFields(metainfo)).length > 0, "no JSON");
}

/** Each node is written as an address that is read as the same node. */
function holdNodes(nodes: Metainfo["nodes"]): void {
  const keys = nodes.map(({ host, port }) => addressKey(host, port));
  hold(keys.length <= maxTorrentNodes && new Set(keys).size === keys.length, "nodes twice");
  for (const [at, key] of keys.entries()) {
    const read = parseHostPort(key);
    hold(read.host === nodes[at]?.host && read.port === nodes[at]?.port, "an odd node");
  }
}
