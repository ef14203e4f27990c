// Accepts or refuses tracker URLs.

/** Characters of a URL. */
export const maxTrackerUrlLength = 2_048;

/** For people. */
export type TrackerUrlRefusal =
  | "is no URL"
  | "is not http, https or udp"
  | "names a user"
  | "has an international host name";

/** A usable URL, or the refusal. */
export type TrackerUrlCheck = { readonly url: string } | { readonly refused: TrackerUrlRefusal };

/**
 * A name and password before the host are refused: they make `a@b` look like `a`. So are host names beyond ASCII,
 * which can imitate others.
 *
 * @returns The trimmed URL as written when it is plain ASCII, as some trackers compare it byte by byte; otherwise
 *   its ASCII form.
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
  // The parser gives hosts of http an `xn--` form, and those of udp, an unknown scheme, a `%` form.
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
