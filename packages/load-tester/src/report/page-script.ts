// The script of the page: its modules joined into one classic script. They share one scope, so a name is declared once
// among them all.

/** Modules of the page, each after those whose values it needs while it loads. */
export const pageModules: readonly string[] = [
  "decode",
  "format",
  "elements",
  "theme",
  "series",
  "table",
  "plot",
  "choices",
  "lines",
  "latency",
  "head",
  "comparison",
  "budgets",
  "rates",
  "peers",
  "processes",
  "tables",
  "main",
];

/** One script, in strict mode and a scope of its own. @param modules Texts of {@link pageModules}, in their order. */
export function joinPage(modules: readonly string[]): string {
  return `(()=>{"use strict";\n${modules.join("\n")}\n})();\n`;
}
