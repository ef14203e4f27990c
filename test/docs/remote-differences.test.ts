// The pages of both dialects list the differences that test/interop/remote-scenarios.test.ts allows.

import test from "ava";
import {
  qbittorrentDialect,
  transmissionDialect,
  type ListedDifference,
} from "../support/remotes/differences.ts";
import { readRepositoryFile } from "../support/files/repository.ts";

const pages = {
  "docs/service-transmission.md": transmissionDialect,
  "docs/service-qbittorrent.md": qbittorrentDialect,
};
const kinds = {
  extra: ["is there, too", "are there, too"],
  missing: ["is missing", "are missing"],
  type: ["has another type", "have other types"],
  value: ["has another value", "have other values"],
} as const;

function lineOf({ keys, kind, reason, scenarios }: ListedDifference): string {
  const names = keys.map((key) => `\`${key}\``).join(", ");
  const [one, several] = kinds[kind];
  return `- ${names} ${keys.length === 1 ? one : several} (${scenarios.join(", ")}): ${reason}`;
}

for (const [path, { listed, rule }] of Object.entries(pages))
  test(`${path} lists the differences to the program that it is compared with`, (t) => {
    const [, section = ""] = readRepositoryFile(path).split(/^## Compared with .*$/m);
    const [own = ""] = section.split(/^## /m);
    t.true(own.includes(rule), rule);
    t.deepEqual(
      own.split("\n").filter((line) => line.startsWith("- ")),
      listed.map(lineOf),
    );
  });
