// A torrent as the list shows it: the parts of its row that the page needs.

import type { CommandResults } from "@troupe/control/commands";
import { cleanText } from "@troupe/protocol/text";

type Row = CommandResults["status"];

/** Characters of a name; a longer one is cut. */
const longestName = 300;
/** Characters of a sentence of the service or of a tracker. */
const longestSentence = 500;

/** The fields of a torrent that the page asks for. */
export const listFields = [
  ...(["number", "name", "state", "fault", "hasMetadata", "isPrivate", "isComplete"] as const),
  ...(["isForced", "queuePosition", "labels", "group", "trackers"] as const),
  ...(["sizeBytes", "haveBytes", "wantedBytes", "leftBytes", "files", "lifetime"] as const),
  ...(["downBytesPerSecond", "upBytesPerSecond", "peers", "seeds", "sendingPeers"] as const),
  ...(["gettingPeers", "swarmSeeds", "swarmLeechers", "etaSeconds", "addedAt"] as const),
  ...(["directory", "settings"] as const),
] as const satisfies readonly (keyof Row)[];

/** A row with the chosen fields. */
export type GivenRow = Pick<Row, "torrent" | (typeof listFields)[number]>;

/** Fields that the page has in another form. */
const replaced = ["fault", "lifetime", "settings", "trackers"] as const;
type Replaced = (typeof replaced)[number];

/** A torrent of the list. Names and sentences have no control characters. */
export type ListRow = Omit<GivenRow, Replaced> & {
  /** `name` in lower case, for the search. */
  readonly searchText: string;
  /** `name` for the order: without accents, numbers by their value. */
  readonly orderText: string;
  /** The error of the torrent, a sentence. */
  readonly fault: string | undefined;
  /** Hosts of its trackers, each once. */
  readonly trackerHosts: readonly string[];
  /** Bytes that were sent by bytes that were received, over all sessions. Undefined: none was received. */
  readonly ratio: number | undefined;
  /** Bytes a second; undefined: none. */
  readonly downLimit: number | undefined;
  /** Bytes a second; undefined: none. */
  readonly upLimit: number | undefined;
};

/** Settings that a torrent may have. */
interface Limited {
  readonly limits?: { readonly down?: unknown; readonly up?: unknown };
}

/** The row of the list. @param old The row before, whose name is not cleaned again. */
export function listRow(given: GivenRow, old?: ListRow): ListRow {
  const { fault, lifetime, settings, trackers } = given;
  const { downloadedBytes = 0, uploadedBytes = 0 } = lifetime ?? {};
  const { down, up } = (settings as Limited).limits ?? {};
  return {
    ...keptFields(given),
    ...namesOf(given.name, old),
    fault: fault && cleanText(fault.message, longestSentence),
    trackerHosts: [...new Set(trackers.flat().map(hostOf))],
    ratio: downloadedBytes > 0 ? uploadedBytes / downloadedBytes : undefined,
    downLimit: typeof down === "number" && down > 0 ? down : undefined,
    upLimit: typeof up === "number" && up > 0 ? up : undefined,
  };
}

const replacedNames: readonly string[] = replaced;
const keptNames = ["torrent", ...listFields].filter((name) => !replacedNames.includes(name));

/** An event has whole rows; the page keeps its own fields alone. */
function keptFields(given: GivenRow): Omit<GivenRow, Replaced> {
  const source: Readonly<Record<string, unknown>> = given;
  const kept = keptNames.filter((name) => source[name] !== undefined);
  return Object.fromEntries(kept.map((name) => [name, source[name]])) as Omit<GivenRow, Replaced>;
}

type Names = Pick<ListRow, "name" | "orderText" | "searchText">;

function namesOf(given: string, old: ListRow | undefined): Names {
  const name = /^[\x20-\x7e]{0,300}$/.test(given) ? given : cleanText(given, longestName);
  if (old !== undefined && old.name === name) {
    const { orderText, searchText } = old;
    return { name, orderText, searchText };
  }
  const searchText = name.toLowerCase();
  const orderText = searchText
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/\d+/g, (digits) => digits.padStart(10, "0"));
  return { name, searchText, orderText };
}

function hostOf(url: string): string {
  return cleanText(URL.canParse(url) ? new URL(url).hostname : url, longestName);
}
