// Figures of the comments in `packages/*/src`: how many words, and how often those that hide their noun.
//
//   node scripts/prose.ts                     words, rates a thousand words, the ten worst files
//   node scripts/prose.ts figures BASE        numbers with units in comments of commit BASE that no comment has today
//   node scripts/prose.ts draw BASE [SEED]    twenty comments of commit BASE, and the same places today
//
// `--commit REV` reads another commit in place of the working tree.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

/** A comment: its text without signs, and the first line of code after it. */
interface Comment {
  readonly path: string;
  readonly text: string;
  readonly before: string;
}

const vagueWords = ["one", "nobody", "told", "said", "who", "that", "it"] as const;
/** Words that decide which files are the worst. */
const worstWords = /\b(?:one|nobody|somebody|told|said|who|whoever)\b/gi;
const figure =
  /(?:\d[\d.,]*)\s?(?:×|%|(?:ns|µs|ms|s|min|h|B|bytes|kB|KB|MB|GB|KiB|MiB|GiB|MB\/s|GB\/s|MiB\/s|GiB\/s)\b)/g;

function listSources(commit: string | undefined): string[] {
  const words =
    commit === undefined
      ? ["ls-files", "packages/*/src/**/*.ts", "packages/*/src/*.ts"]
      : ["ls-tree", "-r", "--name-only", commit, "packages"];
  const paths = execFileSync("git", words, { encoding: "utf8" }).split("\n");
  return [...new Set(paths)].filter((path) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path));
}

function readSource(path: string, commit: string | undefined): string {
  if (commit === undefined) return readFileSync(path, "utf8");
  const options = { encoding: "utf8", maxBuffer: 2 ** 24 } as const;
  return execFileSync("git", ["show", `${commit}:${path}`], options);
}

/** Texts, templates, regular expressions and comments of TypeScript, in order. */
const token =
  /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|(?<=[=(,:[!&|?{};\n]\s*|return\s+)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/|\/\*[^]*?\*\/|(?:\/\/[^\n]*(?:\n[ \t]*(?=\/\/))?)+/g;

function commentsOf(path: string, source: string): Comment[] {
  return [...source.matchAll(token)].flatMap(({ 0: found, index }) => {
    if (!found.startsWith("/*") && !found.startsWith("//")) return [];
    const text = found
      .replaceAll(/^\/\*+|\*\/$/g, "")
      .replaceAll(/^[ \t]*(?:\/\/|\*)/gm, "")
      .replaceAll(/\s+/g, " ")
      .trim();
    const rest = source.slice(index + found.length).trimStart();
    return [{ path, text, before: rest.slice(0, rest.indexOf("\n")).trim() }];
  });
}

function readComments(commit: string | undefined): Comment[] {
  return listSources(commit).flatMap((path) => commentsOf(path, readSource(path, commit)));
}

function countWords(text: string): number {
  return text.match(/[\p{L}\p{N}_]+(?:['’.-][\p{L}\p{N}_]+)*/gu)?.length ?? 0;
}

function printRates(comments: readonly Comment[]): void {
  const text = comments.map((comment) => comment.text).join("\n");
  const words = countWords(text);
  console.log(`${words} words in ${comments.length} comments; a thousand words have`);
  for (const word of vagueWords) {
    const count = text.match(new RegExp(`\\b${word}\\b`, "gi"))?.length ?? 0;
    console.log(`  ${word.padEnd(8)} ${((1_000 * count) / words).toFixed(2)}`);
  }
  const byFile = Map.groupBy(comments, ({ path }) => path);
  const worst = [...byFile].map(([path, own]) => ({
    path,
    count: own.reduce((sum, comment) => sum + (comment.text.match(worstWords)?.length ?? 0), 0),
  }));
  console.log("most of one, nobody, somebody, told, said, who, whoever:");
  for (const { path, count } of worst.toSorted((a, b) => b.count - a.count).slice(0, 10)) {
    console.log(`  ${String(count).padStart(3)} ${path}`);
  }
}

function figuresIn(comments: readonly Comment[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { path, text } of comments) {
    for (const [spelled] of text.matchAll(figure)) found.set(spelled.replaceAll(/\s/g, ""), path);
  }
  return found;
}

function printLostFigures(base: string, today: readonly Comment[]): void {
  const kept = figuresIn(today);
  const lost = [...figuresIn(readComments(base))].filter(([spelled]) => !kept.has(spelled));
  for (const [spelled, path] of lost) console.log(`${spelled.padEnd(12)} ${path}`);
  console.log(`${lost.length} figures of ${base} are in no comment`);
}

/** Twenty comments that a seeded generator draws, with what stands before the same line of code today. */
function printDrawn(base: string, today: readonly Comment[], seed: number): void {
  const drawn = drawFrom(readComments(base), 20, seed);
  const byLine = Map.groupBy(today, ({ before }) => before);
  for (const { path, text, before } of drawn) {
    const now = byLine.get(before)?.at(0);
    console.log(`${path}\n  before: ${text}\n  today:  ${now?.text ?? "(other code)"}`);
  }
}

function drawFrom<Item>(items: readonly Item[], count: number, seed: number): Item[] {
  const left = [...items];
  let state = seed;
  return Array.from({ length: Math.min(count, left.length) }, () => {
    // Numerical Recipes' generator: the same comments for everybody.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return left.splice(state % left.length, 1);
  }).flat();
}

const { values, positionals } = parseArgs({
  options: { commit: { type: "string" } },
  allowPositionals: true,
});
const [task, base, seed = "1"] = positionals;
const comments = readComments(values.commit);
if (task === undefined) printRates(comments);
else if (task === "figures" && base !== undefined) printLostFigures(base, comments);
else if (task === "draw" && base !== undefined) printDrawn(base, comments, Number(seed));
else {
  console.error("usage: node scripts/prose.ts [figures BASE | draw BASE [SEED]] [--commit REV]");
  process.exitCode = 2;
}
