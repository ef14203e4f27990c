/** Spells the version in four characters of a peer id (BEP 20, "Azureus-style"); empty when there is none. */
type SpellVersion = (text: string) => string;

/** A number each: `2080` → 2.0.8. */
const digits: SpellVersion = (text) => dotted(text, 4, 3);
/** The fourth character is a build mark. */
const three: SpellVersion = (text) => dotted(text, 3, 3);
/** 3.00, from 4 on 4.0.5. */
const transmission: SpellVersion = (text) => (text >= "4" ? three(text) : transmission3(text));
const none: SpellVersion = () => "";

/** By code. */
export const azureusClients: ReadonlyMap<
  string,
  readonly [name: string, spellVersion: SpellVersion]
> = new Map([
  ["7T", ["aTorrent", digits]],
  ["AG", ["Ares", digits]],
  ["AZ", ["Vuze", digits]],
  ["BC", ["BitComet", pairs]],
  ["BI", ["BiglyBT", digits]],
  ["BT", ["BitTorrent", three]],
  ["BW", ["BitWombat", digits]],
  ["DE", ["Deluge", digits]],
  ["FD", ["Free Download Manager", digits]],
  ["FL", ["Folx", digits]],
  ["FW", ["FrostWire", digits]],
  ["GT", ["anacrolix/torrent", digits]],
  ["KG", ["KGet", digits]],
  ["KT", ["KTorrent", digits]],
  ["LP", ["Lphant", digits]],
  ["LT", ["libtorrent", digits]],
  ["LW", ["LimeWire", none]],
  ["MG", ["MediaGet", digits]],
  ["MO", ["MonoTorrent", digits]],
  ["PI", ["PicoTorrent", digits]],
  ["RN", ["rain", digits]],
  ["SD", ["Xunlei", digits]],
  ["SZ", ["Shareaza", digits]],
  ["TL", ["Tribler", digits]],
  ["TP", ["Troupe", digits]],
  ["TR", ["Transmission", transmission]],
  ["UE", ["µTorrent Embedded", three]],
  ["UM", ["µTorrent for Mac", three]],
  ["UT", ["µTorrent", three]],
  ["UW", ["µTorrent Web", three]],
  ["WD", ["WebTorrent Desktop", pairs]],
  ["WW", ["WebTorrent", pairs]],
  ["XL", ["Xunlei", digits]],
  ["lt", ["rTorrent (libTorrent)", digits]],
  ["qB", ["qBittorrent", digits]],
  ["rQ", ["rqbit", digits]],
  ["st", ["SharkTorrent", digits]],
]);

/** `300.` → 3.00. */
function transmission3(text: string): string {
  const minor = dotted(text.slice(1, 3), 2, 2);
  return minor.length === 3 ? `${text.charAt(0)}.${text.slice(1, 3)}` : "";
}

/** Drops zeros at the end down to `least`. */
function dotted(text: string, count: number, least: number): string {
  const numbers: number[] = [];
  for (const character of text.slice(0, count)) {
    const number = numberOf(character);
    if (number === undefined) break;
    numbers.push(number);
  }
  while (numbers.length > least && numbers.at(-1) === 0) numbers.pop();
  return numbers.join(".");
}

/** Two and two: `0189` → 1.89. */
function pairs(text: string): string {
  const major = Number(text.slice(0, 2));
  const minor = Number(text.slice(2, 4));
  return Number.isInteger(major) && Number.isInteger(minor) ? `${major}.${minor}` : "";
}

/** 0–9, then A = 10 …; small letters mark builds and end a version. */
function numberOf(character: string): number | undefined {
  const code = character.charCodeAt(0);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x41 && code <= 0x5a ? code - 0x41 + 10 : undefined;
}
