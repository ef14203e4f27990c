// The first words of comments. A comment starts with its noun, or with the verb of what the code does: a reader must not
// need the name below it to find out what the sentence is about.

import test from "ava";
import { listTrackedFiles, readRepositoryFile } from "../support/files/repository.ts";

const openings = ["Of", "As", "The same", "Who", "Whose", "What is", "One that", "Those"];
const advice = "a comment starts with its noun: write “Bytes of the slab”, not “Of the slab”";

const opening = `(?<words>(?:${openings.join("|")})\\b.*)`;
const comments = [
  // The line of a block comment that has its first words.
  new RegExp(`/\\*\\*?\\s+(?:\\*\\s+)?${opening}`, "g"),
  // A tag of a block comment.
  new RegExp(`[/*.] @(?:param \\w+|returns) ${opening}`, "g"),
  // A line comment that does not go on from the line before.
  new RegExp(`(?<!^[ \\t]*//.*\\n[ \\t]*)(?<=^|[\\s;,({[])// ${opening}`, "gm"),
];

/** Lines of a text whose comment begins with a refused opening. */
function refusedIn(text: string): string[] {
  return comments.flatMap((comment) =>
    [...text.matchAll(comment)].map(({ index, groups }) => {
      const line = text.slice(0, index).split("\n").length;
      return `${line}: ${groups?.["words"]}`;
    }),
  );
}

test("comments start with their noun", (t) => {
  const files = listTrackedFiles(
    "packages/*.ts",
    "packages/*.tsx",
    "test/*.ts",
    "scripts/*.ts",
    "bench/*.ts",
  );
  t.true(files.length > 0);
  const refused = files.flatMap((path) =>
    refusedIn(readRepositoryFile(path)).map((found) => `${path}:${found}`),
  );
  t.deepEqual(refused, [], advice);
});

test("refused openings are found in planted sources", (t) => {
  for (const words of openings) {
    for (const planted of [
      `/** ${words} a peer. */`,
      `/**\n * ${words} a peer.\n */`,
      `  // ${words} a peer.`,
      `call(); // ${words} a peer.`,
      `/** Bytes. */\n// ${words} a peer.`,
      `/** @param count ${words} a peer. */`,
      `/** Bytes. @returns ${words} a peer. */`,
    ])
      t.is(refusedIn(planted).length, 1, planted);
  }
  for (const planted of [
    "/** Bytes of a peer. */",
    "/** Asks a peer. */",
    "/** Often a peer. */",
    `// The bytes\n// ${openings[0]} a peer.`,
    `/**\n * The bytes\n * ${openings[0]} a peer.\n */`,
    `const url = "http:// ${openings[0]}";`,
  ])
    t.deepEqual(refusedIn(planted), [], planted);
});
