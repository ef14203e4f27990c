import type { Modules } from "../../ports/modules.ts";

/** The modules of this thread. */
export const nodeModules: Modules = {
  async load(url) {
    const loaded = (await import(url)) as { readonly default?: unknown };
    return loaded.default;
  },
};
