// Files of torrents as a service streams them: found by info-hash and index, and read without a copy.

import { TroupeError } from "@troupe/control";
import { proxyIn } from "../commands/handler.ts";
import type { Coordinator } from "../coordinator.ts";
import type { EngineSession } from "../engine-session.ts";
import { quarantinedError } from "../life/quarantined-torrent.ts";
import { refuseUnknown } from "../metadata-arrival.ts";
import { sessionOf } from "../session-of.ts";
import type { TorrentProxy } from "../torrent-proxy.ts";
import { readSharedBytes } from "./file-bytes.ts";

/** A file that may be streamed. */
export interface StreamedFile {
  /** The last part of its path in the torrent; a stranger chose it. */
  readonly name: string;
  readonly lengthBytes: number;
  /** Its bytes may come: else only those on the disk can be read. */
  readonly mayWait: boolean;
}

/** Bytes of a stream, in memory that a file-worker fills again at the read after the next. */
export interface StreamedBytes {
  /** 0: the part is at its end. */
  readonly lengthBytes: number;
  readonly memory?: SharedArrayBuffer;
  /** Where they begin in the memory. */
  readonly offset?: number;
}

/** The part of a file that a stream reads; `end` is excluded. */
export interface StreamedPart {
  /** 40 hex digits. */
  readonly torrent: string;
  /** Index. */
  readonly file: number;
  readonly start: number;
  readonly end: number;
}

/** The open streams of a coordinator, by numbers of their reader. */
export class FileStreams {
  readonly #session: EngineSession;
  readonly #open = new Map<number, ReturnType<typeof readSharedBytes>>();

  /** @throws TroupeError `option-out-of-range` for a coordinator that does not run. */
  constructor(coordinator: Coordinator) {
    this.#session = sessionOf(coordinator);
  }

  /** @throws TroupeError `no-torrent`, `no-file`, `metadata-unknown`, `file-not-wanted`, `quarantined` */
  find(infoHash: string, file: number): StreamedFile {
    const torrent = proxyIn({ session: this.#session }, infoHash);
    if (torrent.isQuarantined) throw quarantinedError(torrent.info.name);
    refuseUnknown(torrent.info, "stream a file of");
    const { figures, state } = torrent;
    const found = figures.fileAt(file);
    if (found === undefined || found.isPadding) throw noFile(torrent, file);
    if (figures.priorities[file] === 0) throw notWanted(torrent, file);
    const { lengthBytes, path } = found;
    const name = path.slice(path.lastIndexOf("/") + 1);
    return { name, lengthBytes, mayWait: state !== "stopped" && state !== "error" };
  }

  /**
   * Reads on. The first read of a number opens its stream.
   *
   * @throws rejects with the errors of {@link find}, `torrent-stopped`, and the code of the torrent's error
   */
  async read(stream: number, part: StreamedPart): Promise<StreamedBytes> {
    const reading = this.#open.get(stream) ?? this.#begin(stream, part);
    const { value } = await reading.next();
    if (value !== undefined)
      return { lengthBytes: value.length, memory: value.buffer, offset: value.byteOffset };
    this.#open.delete(stream);
    return { lengthBytes: 0 };
  }

  /** Ends a stream, and a read that waits: the engine wants its part no longer. */
  end(stream: number): void {
    const reading = this.#open.get(stream);
    this.#open.delete(stream);
    void reading?.return?.();
  }

  /** Ends all streams. */
  endAll(): void {
    for (const stream of this.#open.keys()) this.end(stream);
  }

  #begin(stream: number, { end, file, start, torrent }: StreamedPart) {
    const found = proxyIn({ session: this.#session }, torrent);
    const reading = readSharedBytes(found, file, { start, end });
    this.#open.set(stream, reading);
    return reading;
  }
}

function noFile({ figures, info }: TorrentProxy, file: number): TroupeError {
  const message = `there is no file ${file} in ${info.name}: it has ${figures.fileCount}, from 0 on`;
  return new TroupeError("no-file", message);
}

function notWanted({ info }: TorrentProxy, file: number): TroupeError {
  const message = `cannot stream file ${file} of ${info.name}: it is not wanted; give it a priority`;
  return new TroupeError("file-not-wanted", message);
}
