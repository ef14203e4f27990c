const rules = new Intl.PluralRules("en");

/** An English text for one thing or for several. */
export function plural(count: number, one: string, other: string): string {
  return rules.select(count) === "one" ? one : other;
}
