// The lines before the content of a part (RFC 7578).

import { headerParameters } from "./header-parameters.ts";

/** Bytes of the name of a field or a file, in UTF-8. */
const longestName = 255;
const mostLines = 16;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The name of a part and the kind of its content. */
export interface PartHead {
  readonly name: string;
  /** The text that the sender wrote: no path of this machine. */
  readonly fileName?: string;
  readonly mediaType?: string;
}

/** @param bytes The lines without the empty one. @returns The head, or a sentence about its fault. */
export function partHead(bytes: Uint8Array): PartHead | string {
  const lines = decoded(bytes)?.split("\r\n");
  if (lines === undefined) return "the head of a part is not UTF-8";
  if (lines.length > mostLines) return `the head of a part has more than ${mostLines} lines`;
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ""] = /^([\w-]+):([^\r\n\0]*)$/.exec(line) ?? [];
    const key = name?.toLowerCase();
    if (key === undefined || fields.has(key))
      return "a line of a part's head is malformed or comes twice";
    fields.set(key, value.trim());
  }
  const encoding = fields.get("content-transfer-encoding") ?? "binary";
  if (!/^(?:binary|7bit|8bit)$/i.test(encoding))
    return "a part is encoded; allowed are its bytes as they are";
  const mediaType = fields.get("content-type");
  const names = namesIn(fields.get("content-disposition") ?? "");
  if (typeof names === "string") return names;
  return mediaType === undefined ? names : { ...names, mediaType };
}

/** Reads `form-data; name="a"; filename="b"`. */
function namesIn(
  disposition: string,
): { readonly name: string; readonly fileName?: string } | string {
  const [, rest] = /^form-data[ \t]*((?:;.*)?)$/is.exec(disposition) ?? [];
  const parameters = rest === undefined ? undefined : headerParameters(rest);
  const name = parameters?.get("name");
  if (parameters === undefined || name === undefined) return "a part has no form-data with a name";
  const extended = parameters.get("filename*");
  const fileName = extended === undefined ? parameters.get("filename") : extendedValue(extended);
  if (extended !== undefined && fileName === undefined)
    return "the name of a file is not percent-encoded UTF-8";
  for (const each of [name, fileName ?? ""]) {
    const lengthBytes = Buffer.byteLength(each);
    if (lengthBytes > longestName)
      return `a name has ${lengthBytes} bytes; at most ${longestName} are allowed`;
  }
  return fileName === undefined ? { name } : { name, fileName };
}

/** Reads `UTF-8''a%20b` (RFC 8187). */
function extendedValue(text: string): string | undefined {
  const [, encoded] = /^utf-8'[\w-]*'(.*)$/is.exec(text) ?? [];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
