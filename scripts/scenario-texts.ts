// The scenarios that come along are files. Joined modules have their texts inside, so that they read no other file.

import type { Plugin } from "esbuild";
import { builtInTexts } from "../packages/load-tester/src/scenario/built-in/built-in-texts.ts";

/** Puts the texts of the scenarios into the module that reads them. */
export const scenarioTexts: Plugin = {
  name: "scenario-texts",
  setup(plan) {
    plan.onLoad({ filter: /[/\\]built-in[/\\]built-in-texts\.ts$/ }, () => ({
      contents: `export function builtInTexts() { return ${JSON.stringify(builtInTexts())}; }`,
      loader: "ts",
    }));
  },
};
