// The episodes that a title names: S01E02, 1x02, Season 1, and the day of a daily show.

/** The episodes of a title. */
interface TitleEpisodes {
  /** The title before them, in plain words. */
  readonly show: string;
  readonly part:
    | { readonly kind: "episodes"; readonly season: number; readonly numbers: readonly number[] }
    /** Whole seasons. */
    | { readonly kind: "seasons"; readonly from: number; readonly to: number }
    /** `2026-11-27`. */
    | { readonly kind: "day"; readonly day: string };
  /** The word for a better copy, such as `proper` or `repack2`. Absent: a first copy. */
  readonly repack?: string;
}

/** A place in a show; without a number, its whole season. */
export interface EpisodePlace {
  readonly season: number;
  readonly number?: number;
}

/** Episodes of a title, or its seasons. Of a longer range the first is taken alone. */
const mostOfTitle = 50;

const forms = {
  episode:
    /(?<![a-z0-9])s(\d{1,4})[ ._-]{0,3}e(?:p(?:isode)?)?[ ._-]?(\d{1,4})(?:(?:-|[ ._]?[-&][ ._]?e)(\d{1,3})(?![\dpi])|((?:[ ._]?e\d{1,4})+))?(?!\d)/,
  cross: /(?<![\da-z])(\d{1,2})x(\d{2,3})(?:-(?:\d{1,2}x)?(\d{2,3}))?(?![\dpi])/,
  season:
    /(?<![a-z])season[ ._-]{0,3}(\d{1,4})(?:[ ._,-]{0,3}(?:episode|ep|e)[ ._-]{0,3}(\d{1,4}))?(?!\d)/,
  seasons: /(?<![a-z])seasons[ ._-]{0,3}(\d{1,4})(?:[ ._]?(?:-|to|&)[ ._]?(\d{1,4}))?(?!\d)/,
  pack: /(?<![a-z0-9])s(\d{1,2})(?:[ ._]?-[ ._]?s?(\d{1,2}))?(?![a-z0-9])/,
  day: /(?<!\d)((?:19|20)\d\d)[ ._-](0[1-9]|1[0-2])[ ._-](0[1-9]|[12]\d|3[01])(?!\d)/,
} as const;

const repacks = /(?<![a-z])(proper|repack|rerip)(\d?)(?![a-z\d])/;

/** Reads the episodes of a title; undefined where it names none. */
export function episodesOf(title: string): TitleEpisodes | undefined {
  const text = title.normalize("NFC").toLowerCase();
  const found = findPart(text);
  if (found === undefined) return undefined;
  const repack = repacks.exec(text.slice(found.end));
  return {
    show: showOf(text.slice(0, found.begin)),
    part: found.part,
    ...(repack !== null && { repack: `${repack[1]}${repack[2]}` }),
  };
}

interface FoundPart {
  readonly part: TitleEpisodes["part"];
  readonly begin: number;
  readonly end: number;
}

function findPart(text: string): FoundPart | undefined {
  const episode = forms.episode.exec(text);
  if (episode !== null) return at(episode, episodePart(episode));
  const cross = forms.cross.exec(text);
  if (cross !== null) return at(cross, numbers(cross[1], cross[2], cross[3]));
  const seasons = forms.seasons.exec(text);
  if (seasons !== null) return at(seasons, seasonRange(seasons[1], seasons[2]));
  const season = forms.season.exec(text);
  if (season !== null) {
    const part =
      season[2] === undefined
        ? seasonRange(season[1], undefined)
        : numbers(season[1], season[2], undefined);
    return at(season, part);
  }
  const day = forms.day.exec(text);
  if (day !== null) return at(day, { kind: "day", day: `${day[1]}-${day[2]}-${day[3]}` });
  const pack = forms.pack.exec(text);
  return pack === null ? undefined : at(pack, seasonRange(pack[1], pack[2]));
}

function at(found: RegExpExecArray, part: TitleEpisodes["part"]): FoundPart {
  return { part, begin: found.index, end: found.index + found[0].length };
}

function episodePart(found: RegExpExecArray): TitleEpisodes["part"] {
  const [, season, first, last, more] = found;
  if (more === undefined) return numbers(season, first, last);
  const others = more.match(/\d+/g) ?? [];
  const all = [Number(first), ...others.slice(0, mostOfTitle).map(Number)];
  return { kind: "episodes", season: Number(season), numbers: [...new Set(all)] };
}

function numbers(season?: string, first?: string, last?: string): TitleEpisodes["part"] {
  return { kind: "episodes", season: Number(season), numbers: range(first, last) };
}

function seasonRange(first?: string, last?: string): TitleEpisodes["part"] {
  const all = range(first, last);
  return { kind: "seasons", from: all[0] ?? 0, to: all.at(-1) ?? 0 };
}

function range(first?: string, last?: string): number[] {
  const [from, to] = [Number(first), Number(last ?? first)];
  if (to <= from || to - from >= mostOfTitle) return [from];
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** The name of a show: its group in brackets and its punctuation do not count. */
function showOf(text: string): string {
  return text
    .replace(/^\s*\[[^\]]*\]/, "")
    .replaceAll(/['’]/g, "")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** Reads `S01E02` or `S01`; undefined for another text. */
export function readPlace(text: string): EpisodePlace | undefined {
  const [, season, number] = /^s(\d{1,4})(?:e(\d{1,4}))?$/i.exec(text) ?? [];
  if (season === undefined) return undefined;
  return { season: Number(season), ...(number !== undefined && { number: Number(number) }) };
}

/** Whether one of the episodes lies between two places, both included. A day lies nowhere. */
export function isBetween(
  { part }: Pick<TitleEpisodes, "part">,
  from: EpisodePlace | undefined,
  to: EpisodePlace | undefined,
): boolean {
  if (part.kind === "day") return false;
  const [first, last] = [from?.season ?? 0, to?.season ?? Infinity];
  if (part.kind === "seasons") return part.to >= first && part.from <= last;
  const { season } = part;
  return part.numbers.some(
    (number) =>
      (season > first || (season === first && number >= (from?.number ?? 0))) &&
      (season < last || (season === last && number <= (to?.number ?? Infinity))),
  );
}

/** The keys under which the episodes are remembered; a better copy has keys of its own. */
export function episodeKeys({ show, part, repack }: TitleEpisodes): readonly string[] {
  const copy = repack === undefined ? "" : `|${repack}`;
  const keys = (ends: readonly string[]) => ends.map((end) => `${show}|${end}${copy}`);
  switch (part.kind) {
    case "episodes":
      return keys(part.numbers.map((number) => `s${part.season}e${number}`));
    case "seasons":
      return keys(range(String(part.from), String(part.to)).map((season) => `s${season}`));
    case "day":
      return keys([part.day]);
  }
}

/**
 * Whether all episodes of a title were taken, each alone or with its season.
 *
 * @param mayRepeat A better copy is taken too, once.
 */
export function areTaken(
  episodes: TitleEpisodes,
  isTaken: (key: string) => boolean,
  mayRepeat: boolean,
): boolean {
  const { part, show, repack } = episodes;
  const plain = { show, part };
  const compared = mayRepeat && repack !== undefined ? episodes : plain;
  const season = part.kind === "episodes" ? `${show}|s${part.season}` : undefined;
  return episodeKeys(compared).every(
    (key) => isTaken(key) || (compared === plain && season !== undefined && isTaken(season)),
  );
}
