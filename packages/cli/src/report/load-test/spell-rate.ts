/** A number a second, with one digit after the point below ten. */
export function spellRate(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 1 : 0 });
}
