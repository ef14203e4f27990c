// The page's files, joined from the sources as they are now.

import { freshBundle } from "../../../packages/cli/src/bundle.ts";

let built: Promise<void> | undefined;

/** Writes the files where the service of the sources reads them, once a process, unless the bundle's script has. */
export async function buildPage(): Promise<void> {
  await (built ??= joinPage());
}

async function joinPage(): Promise<void> {
  if (freshBundle() !== undefined) return;
  const { writePage, ownPageFolder } = await import("../../../scripts/page-bundle.ts");
  await writePage(ownPageFolder);
}
