import { readdirSync, readFileSync } from "node:fs";

/** Texts of the scenarios that come along, by name; joined modules have them inside (scripts/scenario-texts.ts). */
export function builtInTexts(): Readonly<Record<string, string>> {
  const folder = new URL("../../../scenarios/", import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
  return Object.fromEntries(
    files
      .toSorted()
      .map((file) => [file.replace(/\.yaml$/, ""), readFileSync(new URL(file, folder), "utf8")]),
  );
}
