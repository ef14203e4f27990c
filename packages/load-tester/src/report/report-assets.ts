// Texts that each report carries along: the plotting library, our script and the styles. This file alone names uPlot.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pageModule } from "./page-module.ts";
import { joinPage, pageModules } from "./page-script.ts";

/** Scripts and styles of a report. */
interface ReportAssets {
  /** uPlot, as a classic script that declares `uPlot`. */
  readonly library: string;
  readonly script: string;
  readonly libraryStyle: string;
  readonly style: string;
}

/** Reads the texts from the packages; joined modules have them inside (scripts/report-texts.ts). */
export function reportAssets(): ReportAssets {
  const require = createRequire(import.meta.url);
  return {
    library: readFileSync(require.resolve("uplot/dist/uPlot.iife.min.js"), "utf8"),
    script: joinPage(pageModules.map((name) => pageModule(name))),
    libraryStyle: readFileSync(require.resolve("uplot/dist/uPlot.min.css"), "utf8"),
    style: readFileSync(new URL("page/style.css", import.meta.url), "utf8"),
  };
}
