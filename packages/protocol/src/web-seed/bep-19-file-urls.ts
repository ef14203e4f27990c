// URLs of web seeds and of their files: https://www.bittorrent.org/beps/bep_0019.html "Metadata Extension".

import type { MetainfoFile } from "../metainfo/metainfo.ts";
import { checkTrackerUrl, type TrackerUrlRefusal } from "../tracker/tracker-url.ts";

/** Characters of the part of a URL that names a file. */
export const maxWebSeedPathLength = 8_192;

/** A usable URL, or the refusal, for users. */
type WebSeedUrlCheck =
  | { readonly url: string }
  | {
      readonly refused:
        | Exclude<TrackerUrlRefusal, "is not http, https or udp">
        | "is not http or https";
    };

/** The rules of tracker URLs hold, for http and https alone. @returns The URL without a fragment. */
export function checkWebSeedUrl(text: string): WebSeedUrlCheck {
  const check = checkTrackerUrl(text);
  if ("refused" in check) {
    const { refused } = check;
    return { refused: refused === "is not http, https or udp" ? "is not http or https" : refused };
  }
  if (!/^https?:/i.test(check.url)) return { refused: "is not http or https" };
  const fragment = check.url.indexOf("#");
  return { url: fragment < 0 ? check.url : check.url.slice(0, fragment) };
}

/**
 * The names of a file as a URL has them: those of the torrent, not the safe names on the disk, since a server keeps the
 * original files.
 *
 * @returns The names with `/` between them, percent-encoded as UTF-8; undefined beyond {@link maxWebSeedPathLength}.
 */
export function webSeedPath({
  path,
  originalPath = path,
}: Pick<MetainfoFile, "path" | "originalPath">): string | undefined {
  const encoded = originalPath.map(encodeName).join("/");
  return encoded.length <= maxWebSeedPathLength ? encoded : undefined;
}

/** Encodes the UTF-8 like `percentEncode`, but by the runtime's own code: a torrent may have 16 MiB of names. */
function encodeName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The common part of the URLs of a torrent's files. */
interface WebSeedBase {
  readonly url: string;
  /** The path of a file follows; otherwise the URL is that of the torrent's only file. */
  readonly isFolder: boolean;
}

/** @returns A URL without a `/` at its end names the only file of a torrent, or else a folder. */
export function webSeedBase(url: string, isSingleFile: boolean): WebSeedBase {
  if (url.endsWith("/")) return { url, isFolder: true };
  return isSingleFile ? { url, isFolder: false } : { url: `${url}/`, isFolder: true };
}
