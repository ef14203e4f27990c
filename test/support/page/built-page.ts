// The page's files, joined from the sources as they are now.

import { writePage, ownPageFolder } from "../../../scripts/page-bundle.ts";

let built: Promise<unknown> | undefined;

/** Writes the files where the service of the sources reads them, once a process. */
export async function buildPage(): Promise<void> {
  await (built ??= writePage(ownPageFolder));
}
