// `troupe load-test torrent` and `troupe load-test data`.

import { resolve } from "node:path";
import { savePatternData, savePatternTorrent, type PatternWish } from "@troupe/load-tester";
import type { PatternWords } from "../../arguments/load-test-arguments.ts";
import { formatBytes } from "../../display/units.ts";
import type { Environment } from "../../environment.ts";
import { ExitCode, type ExitCodeValue } from "../../failure.ts";
import { JsonLines } from "../../output/json-lines.ts";
import { LineWriter } from "../../output/line-writer.ts";
import type { LoadOutput } from "./output-files.ts";

const defaultBytes = 64 * 2 ** 20;
const defaultName = "payload";

/** Writes the .torrent of a pattern. */
export async function writeTorrent(
  words: PatternWords & { readonly save: string },
  output: LoadOutput,
  environment: Environment,
): Promise<ExitCodeValue> {
  const path = resolve(environment.currentFolder, words.save);
  const { lengthBytes, pieceLengthBytes } = await savePatternTorrent(wishOf(words), path);
  report(path, { lengthBytes, pieceLengthBytes }, output, environment);
  return ExitCode.done;
}

/** Writes the content of a pattern. */
export async function writeData(
  words: PatternWords & { readonly directory: string },
  output: LoadOutput,
  environment: Environment,
): Promise<ExitCodeValue> {
  const folder = resolve(environment.currentFolder, words.directory);
  const torrent = await savePatternData(wishOf(words), folder, environment.stop);
  const { lengthBytes, pieceLengthBytes, name } = torrent;
  report(resolve(folder, name), { lengthBytes, pieceLengthBytes }, output, environment);
  return ExitCode.done;
}

function wishOf({ sizeBytes, pieceBytes, name }: PatternWords): PatternWish {
  return {
    name: name ?? defaultName,
    lengthBytes: sizeBytes ?? defaultBytes,
    pieceLengthBytes: pieceBytes,
    trackers: [],
  };
}

function report(
  path: string,
  sizes: { readonly lengthBytes: number; readonly pieceLengthBytes: number },
  { json, quiet }: LoadOutput,
  environment: Environment,
): void {
  const writer = new LineWriter(environment.stdout);
  if (json) {
    const lines = new JsonLines(writer, () => environment.epochMs());
    lines.emit("load-wrote", null, { path, ...sizes });
  } else if (!quiet) {
    const { lengthBytes, pieceLengthBytes } = sizes;
    const pieces = `in pieces of ${formatBytes(pieceLengthBytes)}`;
    writer.write(`wrote ${path}: a pattern of ${formatBytes(lengthBytes)} ${pieces}`, "keep");
  }
}
