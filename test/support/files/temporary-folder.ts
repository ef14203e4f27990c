// A folder that goes when its test ends.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A fresh folder; `using` or `remove` deletes it with all that is in it. */
export interface TemporaryFolder extends Disposable {
  readonly path: string;
  remove(): void;
}

/** Makes a fresh folder, below the system's temporary one unless another is given. */
export function temporaryFolder(label = "troupe-test", below: string = tmpdir()): TemporaryFolder {
  const path = mkdtempSync(join(below, `${label}-`));
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  return { path, remove, [Symbol.dispose]: remove };
}
