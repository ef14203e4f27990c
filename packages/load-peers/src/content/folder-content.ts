// Content of a torrent in files, for peers that compare and serve it.

import type { Disk } from "@troupe/actor-runtime";
import type { Metainfo, MetainfoFile } from "@troupe/protocol/metainfo";
import type { PeerContent } from "./peer-content.ts";

/** Bytes of one read. */
const scratchBytes = 262_144;

/** A file that is open. */
interface OpenFile extends MetainfoFile {
  /** Undefined for padding and empty files, which are read as zeros. */
  readonly handle: number | undefined;
}

/**
 * Opens all files of a torrent, each at its path, or where else it may lie.
 * @param folder Absolute; holds the paths of the torrent.
 * @throws The system's error for a file that cannot be opened.
 */
export function openFolderContent(disk: Disk, metainfo: Metainfo, folder: string): PeerContent {
  const open: OpenFile[] = [];
  try {
    for (const file of metainfo.files) {
      const isRead = !file.isPadding && file.lengthBytes > 0;
      open.push({ ...file, handle: isRead ? openFile(disk, file, folder) : undefined });
    }
  } catch (error) {
    closeAll(disk, open);
    throw error;
  }
  return new FolderContent(disk, open);
}

function openFile(disk: Disk, { path, otherPaths = [] }: MetainfoFile, folder: string): number {
  const others = otherPaths.filter(({ use }) => use === "any-length" || use === "full-length");
  const paths = [path, ...others.map((other) => other.path)].map((parts) =>
    [folder, ...parts].join("/"),
  );
  const found = paths.find((one) => disk.stat(one)?.kind === "file");
  return disk.open(found ?? [folder, ...path].join("/"), "read");
}

class FolderContent implements PeerContent {
  readonly #disk: Disk;
  readonly #files: readonly OpenFile[];
  readonly #scratch = Buffer.alloc(scratchBytes);

  constructor(disk: Disk, files: readonly OpenFile[]) {
    this.#disk = disk;
    this.#files = files;
  }

  equals(position: number, chunk: Uint8Array, start: number, end: number): boolean {
    for (let at = start; at < end; at += scratchBytes) {
      const lengthBytes = Math.min(scratchBytes, end - at);
      this.copyTo(position + at - start, lengthBytes, this.#scratch, 0);
      if (this.#scratch.compare(chunk, at, at + lengthBytes, 0, lengthBytes) !== 0) return false;
    }
    return true;
  }

  copyTo(position: number, lengthBytes: number, target: Uint8Array, at: number): void {
    target.fill(0, at, at + lengthBytes);
    for (let index = this.#fileAt(position); index < this.#files.length; index++) {
      const file = this.#files[index];
      if (file === undefined || file.offset >= position + lengthBytes) return;
      const from = Math.max(position, file.offset);
      const to = Math.min(position + lengthBytes, file.offset + file.lengthBytes);
      if (file.handle === undefined || to <= from) continue;
      const view = target.subarray(at + from - position, at + to - position);
      this.#disk.read(file.handle, [view], from - file.offset);
    }
  }

  close(): void {
    closeAll(this.#disk, this.#files);
  }

  /** The first file that ends after `position`. */
  #fileAt(position: number): number {
    let [low, high] = [0, this.#files.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      const file = this.#files[middle];
      if (file !== undefined && file.offset + file.lengthBytes <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function closeAll(disk: Disk, files: readonly OpenFile[]): void {
  for (const { handle } of files) if (handle !== undefined) disk.close(handle);
}
