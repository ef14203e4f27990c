// Times of arrivals from a file: one a line, such as 1.5s; empty lines and lines that begin with # are skipped.

import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { readAtOnce } from "@troupe/api-base";
import { ContentFault, spellPath, spellSeen, type Path } from "@troupe/yaml-file";
import { parseTime, quantityTitles } from "@troupe/control";

const longestFile = 1024 ** 2;

/** Milliseconds, in the order of the file; as exact as a time can be written. @throws ContentFault */
export function readTimes(name: string, folder: string, path: Path): number[] {
  const lines = readText(resolve(folder, name), path).split("\n");
  return lines.flatMap((line, index) => {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) return [];
    const time = parseTime(text);
    if (time !== undefined) return [Number(time.toFixed(6))];
    const sentence = `${spellPath(path)}: line ${index + 1} of ${spellSeen(name)} is ${spellSeen(text)}; allowed is ${quantityTitles.duration}`;
    throw new ContentFault(path, sentence);
  });
}

function readText(file: string, path: Path): string {
  let opened: number | undefined;
  try {
    opened = openSync(file, readAtOnce);
    const stat = fstatSync(opened);
    if (!stat.isFile())
      throw new ContentFault(path, `${spellPath(path)}: ${spellSeen(file)} is not a file`);
    if (stat.size > longestFile) {
      const sentence = `${spellPath(path)}: ${spellSeen(file)} has ${stat.size} bytes; allowed are ${longestFile}`;
      throw new ContentFault(path, sentence);
    }
    return readFileSync(opened, "utf8");
  } catch (error) {
    if (error instanceof ContentFault) throw error;
    const reason = error instanceof Error && "code" in error ? String(error.code) : "an error";
    throw new ContentFault(
      path,
      `${spellPath(path)}: ${spellSeen(file)} cannot be read (${reason})`,
    );
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}
