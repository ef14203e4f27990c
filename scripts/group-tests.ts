// Groups the unit tests of the packages, many files a process: a process of its own costs each file a second of processor time.

import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const folder = "dist/grouped-tests";

/** Files in one process. The tests of a process share one core: with more files, the last group would end later. */
const filesPerGroup = 25;

/**
 * Marks of a file that changes, measures or starts processes, or starts threads: it keeps a process of its own. The tests of a
 * group run at once, and so many threads would start and end too late.
 */
const ownProcess =
  /\btest\.(before|after|serial)|\.snapshot\(|process\.(env\[|on\(|once\(|chdir|umask|memoryUsage|getActive)|\bspawn|child_process|\bCoordinator\.start\(|\bstartEngine\(|\bthreadHost\(/;

/** Writes the groups. The result is the files that a run of ava must have: the groups, and the files that are in none. */
export function groupTests(): string[] {
  rmSync(join(root, folder), { recursive: true, force: true });
  mkdirSync(join(root, folder), { recursive: true });
  return globSync("packages/*", { cwd: root })
    .toSorted()
    .flatMap((packageFolder) => groupsOf(packageFolder));
}

function groupsOf(packageFolder: string): string[] {
  const files = globSync(`${packageFolder}/test/**/*.test.ts`, { cwd: root }).toSorted();
  const alone = files.filter((file) => ownProcess.test(readFileSync(join(root, file), "utf8")));
  const together = files.filter((file) => !alone.includes(file));
  const groups: string[] = [];
  for (let start = 0; start < together.length; start += filesPerGroup) {
    const group = `${folder}/${basename(packageFolder)}-${groups.length + 1}.test.ts`;
    const imports = together
      .slice(start, start + filesPerGroup)
      .map((file) => `import "${relative(dirname(group), file)}";\n`);
    writeFileSync(join(root, group), imports.join(""));
    groups.push(group);
  }
  // The first run has no compiled code: each thread would write that of all its modules at its end. The groups have no threads.
  return [...groups, ...alone];
}
