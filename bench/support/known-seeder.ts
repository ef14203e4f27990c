// The seeder in C whose delays and counts are known.

import { KnownProcess, type KnownDelays } from "./known-process.ts";

/** `requests` = `answered` + `dropped` + `waiting` + `gone`. */
export interface KnownSeederCounts {
  readonly connections: number;
  readonly handshakes: number;
  readonly requests: number;
  readonly cancels: number;
  /** Blocks that the kernel took. */
  readonly answered: number;
  /** Requests whose block was delayed longer. */
  readonly slow: number;
  readonly dropped: number;
  /** Blocks whose connection had ended before they were due or the kernel took them. */
  readonly gone: number;
  /** Blocks that were not due yet, or that the kernel did not take. */
  readonly waiting: number;
  /** Payload of answered blocks. */
  readonly payloadBytes: number;
}

/** The torrent that a seeder serves. */
export interface KnownSeederTorrent {
  /** 40 hex digits. */
  readonly infoHash: string;
  /** Absolute path of the single file. */
  readonly file: string;
  readonly pieceLengthBytes: number;
}

/** Starts a seeder that unchokes every peer. */
export async function startKnownSeeder(
  { infoHash, file, pieceLengthBytes }: KnownSeederTorrent,
  delays: KnownDelays = {},
): Promise<KnownProcess<KnownSeederCounts>> {
  const source = new URL("known-seeder.c", import.meta.url);
  const words = [infoHash, file, String(pieceLengthBytes)];
  return await KnownProcess.start<KnownSeederCounts>(source, delays, words);
}
