// Films of one length in three containers, made by ffmpeg, and their torrent.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Payload } from "../files/payload.ts";

/** In the order of the torrent. The index of `last.mp4` is its end. */
export const filmNames = ["last.mp4", "film.mkv", "film.webm"] as const;

/** Films are as long as a multiple of it. */
export const clipSeconds = 20;
/** A key frame every two seconds: a player begins at one. */
const picture = ["-g", "50", "-b:v", "3600k", "-maxrate", "3600k", "-bufsize", "3600k"];
const source = [
  ...["-f", "lavfi", "-i", `testsrc2=size=640x360:rate=25:duration=${clipSeconds}`],
  ...["-f", "lavfi", "-i", `sine=frequency=440:duration=${clipSeconds}`],
  // Noise, without which the picture compresses to a tenth of the rate.
  ...["-vf", "noise=alls=40:allf=t"],
];
const codecs = {
  "last.mp4": ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"],
  "film.mkv": ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"],
  "film.webm": ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "16", "-c:a", "libopus"],
} as const;

/** Films below a folder, and what a seeder must know of them. */
export interface Films extends Payload {
  readonly seconds: number;
  /** Bytes a second, the mean of all films. */
  readonly bytesPerSecond: number;
}

/** Makes the films, each of so many seconds: a short clip, repeated. */
export async function makeFilms(
  folder: string,
  seconds: number,
  pieceLengthBytes: number,
): Promise<Films> {
  const name = "films";
  const repeats = seconds / clipSeconds;
  mkdirSync(join(folder, name), { recursive: true });
  for (const film of filmNames) {
    const clip = join(folder, `clip-${film}`);
    // oxlint-disable-next-line no-await-in-loop
    await ffmpeg([...source, ...codecs[film], ...picture, "-b:a", "96k", clip]);
    const loop = ["-stream_loop", String(repeats - 1), "-i", clip];
    // oxlint-disable-next-line no-await-in-loop
    await ffmpeg([...loop, "-c", "copy", ...indexFirst(film), join(folder, name, film)]);
    rmSync(clip);
  }
  const files = filmNames.map((film) => ({
    path: [film],
    lengthBytes: statSync(join(folder, name, film)).size,
  }));
  const totalBytes = files.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  return {
    ...{ folder, name, pieceLengthBytes, files, totalBytes, seconds },
    paths: filmNames.map((film) => join(name, film)),
    pieceHashes: await hashesOf(folder, name, pieceLengthBytes),
    bytesPerSecond: totalBytes / filmNames.length / seconds,
  };
}

/** The bytes of all films, end to end. */
export function filmBytes({ folder, paths }: Pick<Payload, "folder" | "paths">): Buffer {
  return Buffer.concat(paths.map((path) => readFileSync(join(folder, path))));
}

/**
 * Chromium reads a Matroska file whose index is its end from the place where it is up to the target, at its first seek, from
 * any server. MP4 has its index at the end by default.
 */
function indexFirst(film: string): string[] {
  return film.endsWith(".mp4") ? [] : ["-cues_to_front", "1"];
}

async function ffmpeg(words: readonly string[]): Promise<void> {
  await promisify(execFile)("ffmpeg", ["-v", "error", "-y", ...words]);
}

async function hashesOf(folder: string, name: string, pieceLengthBytes: number): Promise<Buffer> {
  const bytes = filmBytes({ folder, paths: filmNames.map((film) => join(name, film)) });
  const hashes: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += pieceLengthBytes) {
    const piece = bytes.subarray(start, start + pieceLengthBytes);
    hashes.push(createHash("sha1").update(piece).digest());
    // oxlint-disable-next-line no-await-in-loop
    await setImmediate();
  }
  return Buffer.concat(hashes);
}
