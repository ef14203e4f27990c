import type { Modules } from "../../ports/modules.ts";
import { importFile } from "../threads/compiled-script.ts";

/** The modules of this thread. */
export const nodeModules: Modules = {
  async load(url) {
    const loaded = (await importFile(url)) as { readonly default?: unknown };
    return loaded.default;
  },
};
