// The state of another client, as every reader gives it.

import { TroupeError } from "@troupe/control";
import type { JobCounters, JobDates } from "@troupe/messages";
import type { Metainfo } from "@troupe/protocol/metainfo";
import { cleanText } from "@troupe/protocol/text";
import type { ImportedClient } from "./imported-torrents.ts";

/** A torrent of another client. */
export interface OtherTorrent {
  /** The .torrent. */
  readonly metainfo: Uint8Array;
  readonly content: Metainfo;
  /** The data folder. */
  readonly directory: string;
  readonly isStarted: boolean;
  /** Settings by our names; their gates judge them later. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** One for each file; undefined: no file differs. */
  readonly priorities: readonly number[] | undefined;
  readonly counters: Partial<JobCounters>;
  readonly dates: JobDates;
  /** Pieces that the client has, in wire order. */
  readonly pieces: Uint8Array;
  readonly vouching: Vouching;
  /** Values that Troupe cannot take over, as sentences. */
  readonly leftOut: readonly string[];
}

/** The facts by which the resume data of a client vouch for its files. */
export interface Vouching {
  /** Modification time of the resume data, in ns: a younger file was written to since. */
  readonly savedAtNs: bigint;
  /** The client records no modification times, so samples of its files are hashed. */
  readonly isSampled: boolean;
  /** Whether the recorded times agree with a file. @param isComplete The client has all pieces of the file. */
  readonly agrees: (file: number, mtimeSeconds: number, isComplete: boolean) => boolean;
}

/** The state folder of another client. */
export interface OtherState {
  readonly client: ImportedClient;
  /** Names of the torrents, for `read`. */
  readonly names: readonly string[];
  /** @throws rejects with TroupeError or ProtocolError for an unreadable torrent; a system error. */
  readonly read: (name: string) => Promise<OtherTorrent>;
  /** The sign that the client runs, as the end of a sentence; undefined: no sign. */
  readonly signOfLife: () => Promise<string | undefined>;
}

/** Opens the state of a client. @returns Undefined where the folder is none of this client. */
export type OpenState = (folder: string) => Promise<OtherState | undefined>;

/** @param why The end of the sentence. */
export function malformed(path: string, why: string): TroupeError {
  const message = `cannot import "${cleanText(path, 1_000)}": ${why}`;
  return new TroupeError("import-malformed", message, { details: { path } });
}
