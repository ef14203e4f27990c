// The pseudo-locale `en-XA`: English with accents and a third longer, so that a text outside the table, or a box that cuts
// its text, is seen.

const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** One code unit each, in the order of `plain`. */
const accented = "åƀçðéƒĝĥîĵķļɱñöþɋŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞɊŔŠŢÛṼŴẊÝŽ";

/** A text in the pseudo-locale. */
export function pseudoText(text: string): string {
  const pseudo = text.replace(/[a-z]/gi, (letter) => accented.charAt(plain.indexOf(letter)));
  return `[${pseudo}${"~".repeat(Math.ceil(text.length / 3))}]`;
}

/** A table of texts in the pseudo-locale. */
export function pseudoTable<Table extends object>(table: Table): Table {
  return Object.fromEntries(
    Object.entries(table).map(([name, value]) => [name, pseudoValue(value)]),
  ) as Table;
}

function pseudoValue(value: unknown): unknown {
  if (typeof value === "string") return pseudoText(value);
  if (typeof value === "function")
    return (...given: unknown[]) =>
      pseudoValue((value as (...given: unknown[]) => unknown)(...given));
  return typeof value === "object" && value !== null ? pseudoTable(value) : value;
}
