/**
 * @param parameters Percent-encoded, `name=value`.
 * @returns The URL with the parameters after its own query, without its fragment.
 */
export function withParameters(url: string, parameters: readonly string[]): string {
  const fragmentAt = url.indexOf("#");
  const kept = fragmentAt < 0 ? url : url.slice(0, fragmentAt);
  return `${kept}${separatorBehind(kept)}${parameters.join("&")}`;
}

function separatorBehind(url: string): string {
  const queryAt = url.indexOf("?");
  if (queryAt < 0) return "?";
  return queryAt === url.length - 1 || url.endsWith("&") ? "" : "&";
}
