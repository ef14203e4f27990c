// The steps of a glob: a machine without a stack of choices, which `glob-machine.ts` runs.

/**
 * A step. Each step is followed by the next one in the list. `character` takes one character. `any` takes one character but
 * `/`, and no dot at the beginning of a part. `class` takes the characters of `any` that are in its ranges, or in none of them.
 * The other steps take no character. `fork` continues at each of its steps. `no-dot` continues unless a part begins with a dot.
 * `begin` and `finish` continue only where a part begins or ends.
 *
 * All steps have the same fields, by which the engine of JavaScript reads them fastest.
 */
export interface GlobStep {
  readonly kind: "any" | "begin" | "character" | "class" | "end" | "finish" | "fork" | "no-dot";
  /** The code point of a `character`. */
  readonly code: number;
  readonly ranges: readonly Range[];
  readonly isNegated: boolean;
  readonly to: readonly number[];
}

/** The first and the last code point. */
type Range = readonly [first: number, last: number];

const plain = { code: 0, ranges: [], isNegated: false, to: [] } as const;

/** Compiles a glob. There are at most eight steps a character: braces are forks, and are never multiplied out. */
export function globSteps(glob: string): readonly GlobStep[] {
  return new GlobCompiler(Array.from(glob)).compile();
}

/** A list `{a,b}` whose end has not been reached. */
interface OpenList {
  /** The fork to the alternatives; further ones are added. */
  readonly alternatives: number[];
  /** The forks at the ends of alternatives, which go to the end of the list. */
  readonly exits: number[][];
}

class GlobCompiler {
  readonly #characters: readonly string[];
  readonly #steps: GlobStep[] = [];
  readonly #lists: OpenList[] = [];
  /** The indexes of the signs `{`, `,` and `}` of lists. All others stand for themselves. */
  readonly #listSigns: ReadonlySet<number>;

  constructor(characters: readonly string[]) {
    this.#characters = characters;
    this.#listSigns = listSigns(characters);
  }

  compile(): readonly GlobStep[] {
    let at = 0;
    while (at < this.#characters.length) at = this.#compileAt(at);
    this.#push("end");
    return this.#steps;
  }

  /** @returns The index behind what was compiled. */
  #compileAt(at: number): number {
    const character = this.#characters[at] ?? "";
    if (this.#listSigns.has(at)) this.#listSign(character);
    else if (character === "*") return this.#stars(at);
    else if (character === "?") this.#push("any");
    else if (character === "[") return this.#class(at);
    else this.#push("character", { code: codeOf(character) });
    return at + 1;
  }

  #listSign(sign: string): void {
    if (sign === "{") {
      const alternatives = this.#fork();
      this.#lists.push({ alternatives, exits: [] });
      alternatives.push(this.#next);
      return;
    }
    const list = this.#lists.at(-1);
    if (list === undefined) return;
    list.exits.push(this.#fork());
    if (sign === ",") return void list.alternatives.push(this.#next);
    for (const exit of list.exits) exit.push(this.#next);
    this.#lists.pop();
  }

  /** `**` that may be a whole part of the path names folders. All other runs of stars are one star. */
  #stars(at: number): number {
    let end = at;
    while (this.#characters[end] === "*") end++;
    const after = this.#characters[end];
    const mayBePart =
      end - at > 1 &&
      (at === 0 || this.#characters[at - 1] === "/" || this.#listSigns.has(at - 1)) &&
      (after === undefined || after === "/" || this.#listSigns.has(end));
    if (!mayBePart) {
      this.#star();
      return end;
    }
    const choice = this.#fork();
    choice.push(this.#next);
    this.#star();
    if (after === "/") this.#push("character", { code: codeOf("/") });
    const exit = this.#fork();
    choice.push(this.#next);
    this.#push("begin");
    if (after === "/") this.#folders();
    else this.#parts();
    exit.push(this.#next);
    return after === "/" ? end + 1 : end;
  }

  /** Any characters but `/`. */
  #star(): void {
    this.#push("no-dot");
    const loop = this.#next;
    const fork = this.#fork();
    fork.push(this.#next);
    this.#push("any");
    this.#fork().push(loop);
    fork.push(this.#next);
  }

  /** Any number of folders, each with its `/`. */
  #folders(): void {
    const loop = this.#next;
    const fork = this.#fork();
    fork.push(this.#next);
    this.#push("any");
    this.#star();
    this.#push("character", { code: codeOf("/") });
    this.#fork().push(loop);
    fork.push(this.#next);
  }

  /** One part of a path or more. */
  #parts(): void {
    const loop = this.#next;
    this.#push("any");
    this.#star();
    const fork = this.#fork();
    fork.push(this.#next);
    this.#push("character", { code: codeOf("/") });
    this.#fork().push(loop);
    fork.push(this.#next);
    this.#push("finish");
  }

  /** `[a-z]`, or without an end before the next `/` the bracket itself. */
  #class(at: number): number {
    const isNegated = this.#characters[at + 1] === "!" || this.#characters[at + 1] === "^";
    const first = at + (isNegated ? 2 : 1);
    const end = this.#characters.indexOf("]", first + 1);
    if (end < 0 || this.#characters.slice(first, end).includes("/")) {
      this.#push("character", { code: codeOf("[") });
      return at + 1;
    }
    const ranges = rangesOf(this.#characters.slice(first, end));
    this.#push("class", { isNegated, ranges });
    return end + 1;
  }

  get #next(): number {
    return this.#steps.length;
  }

  #push(kind: GlobStep["kind"], fields: Partial<GlobStep> = {}): void {
    this.#steps.push({ kind, ...plain, ...fields });
  }

  /** @returns The targets, to be added. */
  #fork(): number[] {
    const to: number[] = [];
    this.#push("fork", { to });
    return to;
  }
}

function rangesOf(characters: readonly string[]): readonly Range[] {
  const ranges: Range[] = [];
  for (let at = 0; at < characters.length; at++) {
    const [first = "", sign, last] = characters.slice(at, at + 3);
    const isRange = sign === "-" && last !== undefined;
    ranges.push([codeOf(first), codeOf(isRange ? last : first)]);
    if (isRange) at += 2;
  }
  return ranges;
}

/** The signs of lists: of the braces that are closed and have a comma between them. */
function listSigns(characters: readonly string[]): ReadonlySet<number> {
  const signs = new Set<number>();
  const open: number[][] = [];
  for (const [at, character] of characters.entries()) {
    if (character === "{") open.push([at]);
    else if (character === ",") open.at(-1)?.push(at);
    else if (character === "}") {
      const list = open.pop() ?? [];
      if (list.length > 1) for (const sign of [...list, at]) signs.add(sign);
    }
  }
  return signs;
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
