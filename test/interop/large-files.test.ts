// A file beyond 4 GiB between libtorrent and us. Both sides have all of it but the end, which is no zeros: the file is sparse on the
// disk, and only the pieces beyond the boundary are sent.

import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { encodeTorrent } from "@troupe/protocol/metainfo";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";

const pieceLengthBytes = 4 << 20;
const zeroPieces = 1_030;
/** The last pieces begin beyond 4 GiB. */
const end = Buffer.from(
  Array.from({ length: 3 * pieceLengthBytes - 1 }, (_, at) => (at * 31) % 251),
);
const zeroBytes = zeroPieces * pieceLengthBytes;
const lengthBytes = zeroBytes + end.length;
const name = "large.bin";

const hashOf = (bytes: Uint8Array): Buffer => createHash("sha1").update(bytes).digest();

function metainfo(): Uint8Array {
  const zeroHash = hashOf(Buffer.alloc(pieceLengthBytes));
  const ends = [0, 1, 2].map((piece) =>
    hashOf(end.subarray(piece * pieceLengthBytes, (piece + 1) * pieceLengthBytes)),
  );
  const pieceHashes = Buffer.concat([
    ...Array.from({ length: zeroPieces }, () => zeroHash),
    ...ends,
  ]);
  return encodeTorrent({ name, pieceLengthBytes, pieceHashes, lengthBytes });
}

/** Writes the file; without its end it lacks the last pieces. */
function writeLargeFile(folder: string, hasEnd: boolean): void {
  const path = join(folder, name);
  writeFileSync(path, "");
  truncateSync(path, lengthBytes);
  if (!hasEnd) return;
  const file = openSync(path, "r+");
  writeSync(file, end, 0, end.length, zeroBytes);
  closeSync(file);
}

function readEnd(folder: string): Buffer {
  const file = openSync(join(folder, name), "r");
  const bytes = Buffer.alloc(end.length);
  readSync(file, bytes, 0, bytes.length, zeroBytes);
  closeSync(file);
  return bytes;
}

/** A .torrent, a folder with the whole file, and one with a file that lacks its end. */
function prepare(stack: DisposableStack) {
  const [source, target] = ["source", "target"].map((label) =>
    stack.use(temporaryFolder(`large-${label}`)),
  );
  if (source === undefined || target === undefined) throw new Error("bug: two folders");
  writeLargeFile(source.path, true);
  writeLargeFile(target.path, false);
  const torrent = join(source.path, "large.torrent");
  writeFileSync(torrent, metainfo());
  return { torrent, source: source.path, target: target.path };
}

test.serial(
  "the end of a file beyond 4 GiB arrives from libtorrent, and nothing else",
  async (t) => {
    using stack = new DisposableStack();
    const { torrent, source, target } = prepare(stack);
    await using seeder = await Libtorrent.seed({ torrent, folder: source });
    await using download = await Troupe.download({
      ...{ torrent, folder: target },
      arguments: ["--no-trackers", "--peer", `127.0.0.1:${await seeder.port()}`],
    });
    await download.finished();
    t.is(Buffer.compare(readEnd(target), end), 0);
    t.is(download.latest("progress")?.["downloadedBytes"], end.length);
  },
);

test.serial(
  "libtorrent downloads the end of a file beyond 4 GiB from us, and nothing else",
  async (t) => {
    using stack = new DisposableStack();
    const { torrent, source, target } = prepare(stack);
    await using seeder = await Troupe.seed({
      torrent,
      folder: source,
      arguments: ["--no-trackers"],
    });
    const { port } = await seeder.event("listening");
    const peer = { host: "127.0.0.1", port: Number(port) };
    await using leech = await Libtorrent.leech({ torrent, folder: target, peer });
    await leech.finished();
    t.is(Buffer.compare(readEnd(target), end), 0);
    t.is((await leech.figures()).downloaded, end.length);
  },
);
