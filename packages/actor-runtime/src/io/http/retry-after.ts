/**
 * Reads a `Retry-After` (RFC 9110, 10.2.3): seconds, or a date.
 *
 * @param epochMs Now, since 1970.
 * @returns Milliseconds from now on, at least 0. Undefined for other text.
 */
export function retryAfterMs(text: string | undefined, epochMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1_000;
  // `Date.parse` reads the text, not the clock.
  // oxlint-disable-next-line no-restricted-globals
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - epochMs);
}
