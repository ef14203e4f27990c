// Files that are made from tables: types of options, and pages of reference. `pnpm generate` writes them;
// `test/docs/generated.test.ts` compares them.

import { writeFile } from "node:fs/promises";
import { engineTypes, torrentTypes } from "./generate/option-types.ts";
import { metricsPage } from "./generate/metrics-page.ts";
import { serviceApiPage } from "./generate/service-api-page.ts";
import { settingsPage } from "./generate/settings-page.ts";
import { scenarioReference } from "./generate/scenario-reference.ts";

const types = "packages/coordinator/src/api/options/generated";

/** The texts of the files, by their paths from the root. */
export function generatedFiles(): Readonly<Record<string, string>> {
  return {
    [`${types}/torrent-options.ts`]: torrentTypes(),
    [`${types}/engine-options.ts`]: engineTypes(),
    "docs/metrics.md": metricsPage(),
    "docs/service-api.md": serviceApiPage(),
    "docs/settings.md": settingsPage(),
    "docs/scenario-reference.md": scenarioReference(),
  };
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(generatedFiles()))
    await writeFile(new URL(`../${path}`, import.meta.url), text);
}
