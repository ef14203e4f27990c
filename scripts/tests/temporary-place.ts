// The folder of temporary files: in memory where there is room for it, because a busy disk takes 3 ms for a write that
// memory takes in microseconds.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const memory = "/dev/shm";
const leastBytes = 6 * 2 ** 30;

/** Tests whose subject is the disk itself. */
const diskTests =
  /^test\/(?:storage|crash|damage|faults)\/|^test\/.*(?:move|final-folder|renames|file-names|disk)|^packages\/file-worker\/test\/move\//;

/** Whether a test's temporary files lie on the disk, with those of its process. */
export function needsDisk(file: string): boolean {
  return diskTests.test(file);
}

/** Folders for the temporary files of a run. */
export interface TemporaryPlaces {
  /** The folder for the files of a process. */
  placeOf(files: readonly string[]): string;
}

let places: TemporaryPlaces | undefined;

/** The folders of this process, which go with it, also if it is interrupted: no gigabytes stay behind. */
export function temporaryPlaces(): TemporaryPlaces {
  return (places ??= openPlaces());
}

function openPlaces(): TemporaryPlaces {
  const disk = openFolder(tmpdir());
  const reason = reasonAgainstMemory();
  const fast = reason === undefined ? openFolder(memory) : disk;
  process.on("exit", () => {
    for (const folder of new Set([disk, fast])) rmSync(folder, { recursive: true, force: true });
  });
  console.log(
    reason === undefined
      ? "temporary files are in memory, those of tests of the disk on the disk"
      : `temporary files are on the disk: ${reason}`,
  );
  return { placeOf: (files) => (files.some((file) => needsDisk(file)) ? disk : fast) };
}

/** A folder that other users may enter, as they may that of the system: some tests act as another user. */
export function openFolder(below: string): string {
  const folder = mkdtempSync(join(below, "troupe-tests-"));
  chmodSync(folder, 0o755);
  return folder;
}

/** Undefined where memory serves: 6 GiB free, and programs may run there. */
function reasonAgainstMemory(): string | undefined {
  try {
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize < leastBytes) return `${memory} has less than 6 GiB free`;
    const folder = mkdtempSync(join(memory, "troupe-look-"));
    try {
      const program = join(folder, "program");
      writeFileSync(program, "#!/bin/sh\nexit 0\n");
      chmodSync(program, 0o700);
      execFileSync(program);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return undefined;
  } catch (error) {
    return `${memory} cannot be used: ${(error as Error).message.split("\n")[0] ?? ""}`;
  }
}
