// The licence texts of the libraries that are joined with our modules.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../bundle-modules.ts";

interface Library {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly author?: string | { readonly name: string };
}

/** @param joined Paths of all joined files, relative to the repository. */
export function thirdPartyLicences(joined: readonly string[]): string {
  const folders = joined.map(libraryFolder);
  const texts = [...new Set(folders.filter((folder) => folder !== undefined))].map((folder) =>
    licenceOf(join(root, folder)),
  );
  return [
    "# Licences of the libraries in this package",
    "The files in `dist` hold parts of these libraries. Troupe's own licence stands in LICENSE.",
    ...texts.toSorted(),
  ].join("\n\n");
}

/** The folder of the library that a file belongs to. A library may have parts of others within, without a package of their own. */
function libraryFolder(path: string): string | undefined {
  const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
  if (folder === undefined || existsSync(join(root, folder, "package.json"))) return folder;
  return libraryFolder(folder.slice(0, folder.lastIndexOf("node_modules/")));
}

function licenceOf(folder: string): string {
  const library = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Library;
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  const text =
    file === undefined ? shortLicence(library) : readFileSync(join(folder, file), "utf8");
  return `## ${library.name} ${library.version} (${library.license})\n\n\`\`\`\n${text.trim()}\n\`\`\`\n`;
}

/** Text for a library that names its licence and has no text of it. */
function shortLicence({ name, license, author }: Library): string {
  if (license !== "MIT") throw new Error(`cannot pack: ${name} (${license}) has no licence text`);
  const mit = readFileSync(join(root, "LICENSE"), "utf8");
  const holder = typeof author === "string" ? author : (author?.name ?? `the authors of ${name}`);
  return mit.replace(/Copyright \(c\).*/, `Copyright (c) ${holder}`);
}
