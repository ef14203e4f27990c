// Words that a title must have, and words that it must not have. A star stands for any characters.

const letterOrDigit = /[\p{L}\p{N}]/u;

/**
 * Makes a filter of the words of a rule. Letter case does not count. A word stands alone in the title: `show` is not in
 * `showing`, but `show*` is. The work is linear in the title for each word, whatever it has.
 *
 * @param words Words with spaces between them: all must be in the title.
 * @param excluded Words with spaces between them: none may be in the title.
 */
export function wordFilter(words = "", excluded = ""): (title: string) => boolean {
  const wanted = wordsIn(words).map(partsOf);
  const refused = wordsIn(excluded).map(partsOf);
  return (title) => {
    const plain = plainText(title);
    return (
      wanted.every((parts) => isIn(plain, parts)) && !refused.some((parts) => isIn(plain, parts))
    );
  };
}

function wordsIn(text: string): string[] {
  return plainText(text).split(/\s+/).filter(Boolean);
}

function plainText(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

/** The parts of a word between its stars. An empty part at an end: there is a star. */
function partsOf(word: string): string[] {
  return word
    .split("*")
    .filter((part, at, all) => part !== "" || at === 0 || at === all.length - 1);
}

function isIn(title: string, parts: readonly string[]): boolean {
  const [first = "", ...others] = parts;
  const last = others.pop();
  if (last === undefined) return findWord(title, first, 0, "both") >= 0;
  let at = first === "" ? 0 : findWord(title, first, 0, "begin");
  for (const part of others) {
    if (at < 0) return false;
    at = findWord(title, part, at, "none");
  }
  return at >= 0 && (last === "" || findWord(title, last, at, "end") >= 0);
}

/** @returns The place behind the first occurrence with the edges; -1 where there is none. */
function findWord(
  title: string,
  part: string,
  from: number,
  edges: "begin" | "both" | "end" | "none",
): number {
  for (let at = title.indexOf(part, from); at >= 0; at = title.indexOf(part, at + 1)) {
    const end = at + part.length;
    const begins = edges === "end" || edges === "none" || isEdge(title, at);
    const ends = edges === "begin" || edges === "none" || isEdge(title, end);
    if (begins && ends) return end;
  }
  return -1;
}

/** A word ends at this place, or begins. */
function isEdge(text: string, at: number): boolean {
  return !(letterOrDigit.test(text.charAt(at - 1)) && letterOrDigit.test(text.charAt(at)));
}
