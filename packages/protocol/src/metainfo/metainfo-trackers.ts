import { optionalField, requireText, warnOnce } from "../bencode/bencode-fields.ts";
import type { BencodeValue } from "../bencode/bencode-value.ts";
import { checkTrackerUrl } from "../tracker/tracker-url.ts";

/** Over all tiers. */
export const maxTrackers = 200;

/**
 * The trackers of `announce` (BEP 3), or of `announce-list` (BEP 12) if a URL there is usable.
 *
 * @returns The tiers in file order.
 * @param warnings Gets a sentence for each reason to drop URLs, and for values that are neither text nor list.
 */
export function readTrackers(
  torrent: BencodeValue,
  warnings: string[],
): readonly (readonly string[])[] {
  const collector = new TierCollector();
  const announceList = optionalField(torrent, "announce-list", "list", warnings);
  // Against BEP 12, but common: each URL is a tier.
  for (const tier of announceList?.items() ?? [])
    collector.addTier(textsOf(tier.kind === "list" ? tier.items() : [tier], warnings));
  const announce = optionalField(torrent, "announce", "string", warnings);
  if (announce !== undefined && collector.tiers.length === 0)
    collector.addTier([requireText(announce, "announce")]);
  collector.addWarnings(warnings);
  return collector.tiers;
}

function* textsOf(
  values: Iterable<BencodeValue>,
  warnings: string[],
): Generator<string, void, undefined> {
  for (const value of values) {
    if (value.kind === "string") yield requireText(value, "announce-list");
    else warnOnce(warnings, `a tracker left out: the value is of type ${value.kind}, not string`);
  }
}

class TierCollector {
  readonly tiers: (readonly string[])[] = [];
  readonly #known = new Set<string>();
  readonly #leftOut = new Map<string, number>();

  addTier(texts: Iterable<string>): void {
    const tier: string[] = [];
    for (const text of texts) {
      if (text === "") continue;
      const check = checkTrackerUrl(text);
      if ("refused" in check) this.#leaveOut(check.refused);
      else if (this.#known.has(check.url)) continue;
      else if (this.#known.size >= maxTrackers)
        this.#leaveOut(`is not among the first ${maxTrackers}`);
      else {
        this.#known.add(check.url);
        tier.push(check.url);
      }
    }
    if (tier.length > 0) this.tiers.push(tier);
  }

  addWarnings(warnings: string[]): void {
    for (const [reason, count] of this.#leftOut) {
      const trackers = count === 1 ? "1 tracker" : `${count} trackers`;
      warnings.push(`${trackers} left out: the URL ${reason}`);
    }
  }

  #leaveOut(reason: string): void {
    this.#leftOut.set(reason, (this.#leftOut.get(reason) ?? 0) + 1);
  }
}
