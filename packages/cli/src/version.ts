import { readFileSync } from "node:fs";

/** `troupe 0.1.0`, from the package.json beside `src` and `dist`. */
export function troupeVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { readonly version: string };
  return `troupe ${version}`;
}
