// Reports of load tests carry scripts and styles along as texts. Joined modules have these texts inside, so that they read
// no other file.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Plugin } from "esbuild";
import { pageModule } from "../packages/load-tester/src/report/page-module.ts";
import { pageModules } from "../packages/load-tester/src/report/page-script.ts";

/** Puts the texts of a report into the module that reads them. */
export const reportTexts: Plugin = {
  name: "report-texts",
  setup(plan) {
    plan.onLoad({ filter: /[/\\]report[/\\]report-assets\.ts$/ }, () => ({
      contents: assetsModule(),
      loader: "ts",
    }));
    plan.onLoad({ filter: /[/\\]report[/\\]page[/\\][\w-]+\.ts$/ }, ({ path }) => ({
      contents: pageModule(basename(path, ".ts")),
      loader: "text",
    }));
    plan.onLoad({ filter: /[/\\]uplot[/\\]dist[/\\]|[/\\]page[/\\]style\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8"),
      loader: "text",
    }));
  },
};

function assetsModule(): string {
  const names = pageModules.map((name, index) => ({ name, variable: `module${index}` }));
  return [
    'import library from "uplot/dist/uPlot.iife.min.js";',
    'import libraryStyle from "uplot/dist/uPlot.min.css";',
    'import style from "./page/style.css";',
    'import { joinPage } from "./page-script.ts";',
    ...names.map(({ name, variable }) => `import ${variable} from "./page/${name}.ts";`),
    "export function reportAssets() {",
    `  const script = joinPage([${names.map(({ variable }) => variable).join(", ")}]);`,
    "  return { library, script, libraryStyle, style };",
    "}",
  ].join("\n");
}
