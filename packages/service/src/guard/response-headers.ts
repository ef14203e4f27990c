/** `page`: files of the page. `answer`: answers to calls. `content`: all below `/stream`, where strangers wrote the bytes. */
export type ResponseKind = "page" | "answer" | "content";

const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "media-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A browser shows pictures and films of a torrent, and runs nothing of it: its HTML has an origin of its own. */
const contentPolicy = "sandbox; default-src 'none'; media-src 'self'";

const policies: Readonly<Record<ResponseKind, string>> = {
  page: pagePolicy,
  answer: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  content: contentPolicy,
};

/** Answers and content are for one caller: they must not stay in a cache that callers share. */
const cacheControl: Readonly<Partial<Record<ResponseKind, string>>> = {
  answer: "no-store",
  content: "private",
};

/** No other page holds the window of ours. Over plain http to another machine browsers do not take it, and complain. */
export const openerPolicy: Readonly<Record<string, string>> = {
  "Cross-Origin-Opener-Policy": "same-origin",
};

/** Headers that every response has, an error too. None of them lets another origin read it (no CORS). */
export function securityHeaders(kind: ResponseKind): Readonly<Record<string, string>> {
  return {
    "Content-Security-Policy": policies[kind],
    // Files of the page say it where browsers take it.
    ...(kind !== "page" && openerPolicy),
    "Cross-Origin-Resource-Policy": "same-origin",
    // With `no-referrer` a browser sends `Origin: null` with a form of our own page. The address of a stream may be a signed link.
    "Referrer-Policy": kind === "content" ? "no-referrer" : "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    // A file that a browser may show says so itself.
    ...(kind === "content" && { "Content-Disposition": "attachment" }),
    ...(cacheControl[kind] === undefined ? {} : { "Cache-Control": cacheControl[kind] }),
  };
}
