// Numbers, sizes, rates, shares and times as people of a language read them.

/** Ways to write figures. */
export interface Formats {
  /** `1,234`. */
  count(value: number): string;
  /** `1.4 GB`. @param bytes Powers of 1,000. */
  size(bytes: number): string;
  /** `1.4 MB/s`; empty below a byte a second. */
  rate(bytesPerSecond: number): string;
  /** `42.1%`; 100% for a whole alone. @param share 0 to 1. */
  share(share: number): string;
  /** `1.25`. */
  ratio(value: number): string;
  /** `2h 5m`: the two largest units. */
  duration(seconds: number): string;
  /** `Nov 27, 2026, 9:58 PM`. @param ms Since 1970. */
  moment(ms: number): string;
}

/** The unit of a byte follows its figure without a space. */
const sizeUnits = ["B", " kB", " MB", " GB", " TB", " PB"];
const durationUnits = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
] as const;
/** A longer time is not worth a figure. */
const longestSeconds = 365 * 86_400;

/**
 * The ways of a language. Formats are few, and made at their first use: one for each unit would hold up the first rows by as
 * much as all else.
 */
export function formatsOf(locale: string): Formats {
  const numbers = (options: Intl.NumberFormatOptions) =>
    atFirstUse(() => new Intl.NumberFormat(locale, options));
  const whole = numbers({ maximumFractionDigits: 0 });
  const tenths = numbers({ maximumFractionDigits: 1 });
  const ratios = numbers({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const shares = numbers({ style: "percent", maximumFractionDigits: 1, roundingMode: "floor" });
  const moments = atFirstUse(
    () => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }),
  );
  const size = (bytes: number): string => {
    const [shown, index] = inUnit(bytes);
    const format = shown < 99.95 && index > 0 ? tenths() : whole();
    return `${format.format(shown)}${sizeUnits[index] ?? ""}`;
  };
  return {
    count: (value) => whole().format(value),
    size,
    rate: (bytesPerSecond) => (bytesPerSecond < 1 ? "" : `${size(bytesPerSecond)}/s`),
    share: (share) => shares().format(share),
    ratio: (value) => ratios().format(value),
    duration: (seconds) => durationText(seconds, (value) => whole().format(value)),
    moment: (ms) => moments().format(ms),
  };
}

/** @returns Gives the one value, which is made when it is asked for. */
function atFirstUse<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function durationText(seconds: number, figure: (value: number) => string): string {
  if (!(seconds < longestSeconds)) return "∞";
  const at = Math.max(
    0,
    durationUnits.findIndex(([, length]) => seconds >= length),
  );
  const index = seconds < 1 ? durationUnits.length - 1 : at;
  const parts = [];
  let rest = Math.floor(seconds);
  for (const [unit, length] of durationUnits.slice(index, index + 2)) {
    const value = Math.floor(rest / length);
    rest -= value * length;
    if (value > 0 || parts.length === 0) parts.push(figure(value) + unit);
  }
  return parts.join(" ");
}

/** @returns The figure, below 999.5 where a larger unit is there, and the index of its unit. */
function inUnit(value: number): readonly [shown: number, index: number] {
  let [index, shown] = [0, value];
  while (shown >= 999.5 && index < sizeUnits.length - 1) {
    shown /= 1_000;
    index++;
  }
  return [shown, index];
}
