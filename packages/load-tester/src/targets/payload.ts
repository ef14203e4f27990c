// The content of a started client, in a folder of its own.

import { constants } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { Ports } from "@troupe/actor-runtime";
import { writePattern } from "@troupe/load-peers";
import type { Metainfo } from "@troupe/protocol/metainfo";
import type { ReadyTorrent } from "../generator/generator.messages.ts";
import { failedStart, tooLittleSpace } from "./target-errors.ts";

/** Disk space that stays free next to the content. */
const spareBytes = 64 * 1024 * 1024;

/** A torrent and its decoded metainfo. */
export interface KnownTorrent {
  readonly ready: ReadyTorrent;
  readonly metainfo: Metainfo;
}

/**
 * Puts the whole content into a folder: a pattern is written, a folder is copied, so that a client never changes the
 * user's files.
 *
 * @throws rejects with `too-little-space`, or `target-failed` for content that is not known.
 */
export async function putContent(
  ports: Pick<Ports, "disk" | "timers">,
  target: { readonly name: string; readonly program: string },
  { ready, metainfo }: KnownTorrent,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  checkSpace(ports, folder, metainfo.geometry.totalBytes);
  const { content } = ready;
  const { name, geometry } = metainfo;
  switch (content.kind) {
    case "pattern": {
      const { totalBytes: lengthBytes, pieceLengthBytes } = geometry;
      return await writePattern(ports, { name, lengthBytes, pieceLengthBytes }, folder, signal);
    }
    case "folder":
      return await cp(join(content.path, name), join(folder, name), {
        recursive: true,
        // A client that writes through a link would change the user's files.
        dereference: true,
        mode: constants.COPYFILE_FICLONE,
      });
    case "unknown": {
      const reason = `the content of the torrent "${ready.name}" is not known: its \`data\` names no folder (on the command line: --torrent F --data FOLDER)`;
      throw failedStart(target.name, target.program, reason);
    }
  }
}

function checkSpace({ disk }: Pick<Ports, "disk">, folder: string, lengthBytes: number): void {
  const freeBytes = disk.freeBytes(folder);
  const neededBytes = lengthBytes + spareBytes;
  if (freeBytes < neededBytes) throw tooLittleSpace(folder, neededBytes, freeBytes);
}
