/** Characters of a URL. */
const maxTrackerUrlLength = 2_048;

/** A reason, for users. */
export type TrackerUrlRefusal =
  | "is no URL"
  | "is not http, https or udp"
  | "names a user"
  | "has an international host name";

/** A usable URL, or the refusal. */
type TrackerUrlCheck = { readonly url: string } | { readonly refused: TrackerUrlRefusal };

/**
 * Refuses a name and password before the host, which make `a@b` look like `a`, and host names beyond ASCII, which can
 * imitate others.
 *
 * @returns The trimmed URL, unchanged if plain ASCII, as some trackers compare it byte by byte; otherwise its ASCII
 *   form.
 */
export function checkTrackerUrl(text: string): TrackerUrlCheck {
  const trimmed = text.trim();
  if (trimmed.length > maxTrackerUrlLength) return { refused: "is no URL" };
  const url = URL.parse(trimmed);
  if (url === null || hasControlCharacter(trimmed)) return { refused: "is no URL" };
  if (url.protocol !== "http:" && url.protocol !== "https:" && url.protocol !== "udp:") {
    return { refused: "is not http, https or udp" };
  }
  if (url.hostname === "") return { refused: "is no URL" };
  if (url.username !== "" || url.password !== "") return { refused: "names a user" };
  // The parser gives http hosts an `xn--` form, and hosts of udp, an unknown scheme, a `%` form.
  if (url.hostname.includes("xn--") || url.hostname.includes("%")) {
    return { refused: "has an international host name" };
  }
  const written = /^[!-~]*$/.test(trimmed) ? trimmed : url.href;
  // The ASCII form may be nine times as long.
  return written.length <= maxTrackerUrlLength ? { url: written } : { refused: "is no URL" };
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) < 0x20) return true;
  }
  return false;
}
