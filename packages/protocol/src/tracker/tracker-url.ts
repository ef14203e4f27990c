// Which texts are addresses of trackers that we would talk to.

/** Characters of a tracker's URL. */
export const maxTrackerUrlLength = 2_048;

/** Why a URL was refused, for people. */
export type TrackerUrlRefusal =
  | "is no URL"
  | "is not http, https or udp"
  | "names a user"
  | "has an international host name";

/** A tracker's URL that may be used, or why not. */
export type TrackerUrlCheck = { readonly url: string } | { readonly refused: TrackerUrlRefusal };

/**
 * Checks a tracker's URL. A name and password in front of the host are refused: they are there to make `a@b` look
 * like `a`. So are host names beyond ASCII, which can look like others.
 *
 * @param text As the torrent or the user wrote it; spaces around it are dropped.
 * @returns The URL as written when it is plain ASCII, for some trackers compare it byte by byte; else its ASCII form.
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
  // Hosts of http are read into `xn--` form, those of udp, which is no scheme of the web, into `%` form.
  if (url.hostname.includes("xn--") || url.hostname.includes("%")) {
    return { refused: "has an international host name" };
  }
  const written = isPrintableAscii(trimmed) ? trimmed : url.href;
  // In ASCII it may be nine times as long.
  return written.length <= maxTrackerUrlLength ? { url: written } : { refused: "is no URL" };
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) < 0x20) return true;
  }
  return false;
}

function isPrintableAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code > 0x7e) return false;
  }
  return true;
}
