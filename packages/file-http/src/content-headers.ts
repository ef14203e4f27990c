// The fields of an answer with a file of a torrent. A stranger made its name and its bytes: a browser may play it, and runs
// nothing of it.

import { mediaTypeOf } from "./media-type.ts";

/** A browser gives the file an origin of its own, and loads nothing for it. */
const contentPolicy = "sandbox; default-src 'none'; media-src 'self'";

/** Types that a browser shows. All others are saved. */
const shownTypes = /^(?:audio|video)\/|^image\/(?!svg)|^text\/(?:plain|vtt)$/;

/** Subtitles, most of which have no registered type. */
const subtitles = /\.(?:ass|idx|smi|srt|ssa|sub|ttml|vtt)$/i;

/** The fields of a file with this name. */
export function contentHeaders(name: string): Readonly<Record<string, string>> {
  const type = subtitles.test(name) ? subtitleType(name) : mediaTypeOf(name);
  const isShown = shownTypes.test(type);
  return {
    "content-type": type.startsWith("text/") ? `${type}; charset=utf-8` : type,
    "content-disposition": `${isShown ? "inline" : "attachment"}; filename*=UTF-8''${encoded(name)}`,
    "content-security-policy": contentPolicy,
    "x-content-type-options": "nosniff",
  };
}

function subtitleType(name: string): string {
  return /\.vtt$/i.test(name) ? "text/vtt" : "text/plain";
}

/** The name by RFC 8187, which allows fewer characters than a URL. */
function encoded(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
