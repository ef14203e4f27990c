import { parseFormBody } from "../../../packages/service/src/guard/form-body.ts";
import { callsIn, parseJsonBody } from "../../../packages/service/src/guard/json-body.ts";
import { parseMultipartBody } from "../../../packages/service/src/guard/multipart-body.ts";
import { isRefusal } from "../../../packages/service/src/guard/refusal.ts";
import { bytesMutator, bytesOf } from "../engine/mutate-bytes.ts";
import { hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const mostDepth = 32;

/** Bodies of calls in JSON. */
export const callJson: FuzzTarget = {
  name: "call-json",
  oracle:
    "refused, or the value of JSON.parse, at most 32 deep and without the key __proto__; JSON that is not refused so is read",
  sources: ["service/src/guard/json-body"],
  seeds: () =>
    [
      '{"jsonrpc":"2.0","method":"torrent_get","params":{"ids":[1,"a\\"b"]},"id":1}',
      "[{},{}]",
      '{"a":{"\\u005f_proto__":1}}',
      `${"[".repeat(mostDepth)}${"]".repeat(mostDepth)}`,
      `${'{"a":'.repeat(mostDepth + 1)}1${"}".repeat(mostDepth + 1)}`,
    ].map(bytesOf),
  mutate: bytesMutator(
    [
      "[",
      "]",
      '{"',
      '":',
      "}",
      '"',
      "\\",
      '\\"',
      '"__proto__":',
      "\\u005f",
      "\\u006f",
      ",",
      "[[[[",
      "]]]]",
      "é",
    ].map(bytesOf),
  ),
  run(input) {
    const expected = parsed(input);
    const read = parseJsonBody(input);
    if (isRefusal(read)) {
      const isSound = expected !== undefined && !isRefused(expected.value, 0);
      // A value that is too deep may be replaced by a later one of the same key.
      const opened = input.filter((byte) => byte === 0x5b || byte === 0x7b).length;
      return hold(!isSound || opened > mostDepth, "sound JSON is refused");
    }
    hold(expected !== undefined, "no JSON is read");
    hold(JSON.stringify(read.value) === JSON.stringify(expected?.value), "another value");
    hold(!isRefused(read.value, 0), "too deep, or a key of prototypes");
    const calls = callsIn(read.value);
    hold(isRefusal(calls) || (calls.length >= 1 && calls.length <= 32), "a number of calls");
  },
};

function parsed(input: Uint8Array): { readonly value: unknown } | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(input);
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** @param depth Arrays and objects around the value. */
function isRefused(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth === mostDepth || Object.hasOwn(value, "__proto__")) return true;
  return Object.values(value).some((inner) => isRefused(inner, depth + 1));
}

/** Bodies of calls that are forms. */
export const callForm: FuzzTarget = {
  name: "call-form",
  oracle: "refused, or at most 1,000 fields, those of URLSearchParams",
  sources: ["service/src/guard/form-body"],
  seeds: () => ["a=1&b=%C3%A9+x", "hashes=all&deleteFiles=true", "&&=&a", "a=%"].map(bytesOf),
  mutate: bytesMutator(["&", "=", "+", "%", "%00", "%C3%A9", "%ff", "&".repeat(500)].map(bytesOf)),
  run(input) {
    const fields = parseFormBody(input);
    if (isRefusal(fields)) return;
    hold(fields.length <= 1_000, "a number of fields");
    const text = Buffer.from(input).toString("utf8");
    const others = [...new URLSearchParams(`?${text}`)];
    hold(JSON.stringify(filled(fields)) === JSON.stringify(filled(others)), "other fields");
  },
};

/** Fields with a name or a value: URLSearchParams leaves out the others. */
function filled(
  fields: readonly (readonly [name: string, value: string])[],
): readonly (readonly [name: string, value: string])[] {
  return fields.filter(([name, value]) => name !== "" || value !== "");
}

const boundary = "b0";
const line = `--${boundary}`;
const disposition = 'Content-Disposition: form-data; name="a"';

/** Bodies of calls that are forms with files. */
export const callMultipart: FuzzTarget = {
  name: "call-multipart",
  oracle:
    "refused, or at most 100 parts without a boundary in them, whose names have at most 255 bytes, read the same when they are written again",
  sources: ["service/src/guard/multipart-"],
  seeds: () =>
    [
      `${line}\r\n${disposition}\r\n\r\nx\r\n${line}--\r\n`,
      `${line}\r\n${disposition}; filename="b.torrent"\r\nContent-Type: a/b\r\n\r\n\r\n${line}\r\n${disposition}\r\n\r\n\r\n${line}--`,
      `${line}\r\n${disposition}; filename*=UTF-8''%C3%A9\r\n\r\n\r\n\r\n${line}--`,
      `${line}--\r\n`,
    ].map(bytesOf),
  mutate: bytesMutator(
    [
      line,
      `\r\n${line}`,
      "\r\n",
      "\r\n\r\n",
      "--",
      disposition,
      '"',
      "\\",
      "; ",
      "name=",
      "filename*=UTF-8''",
      "%C3%A9",
    ].map(bytesOf),
  ),
  run(input) {
    const parts = parseMultipartBody(input, boundary);
    if (isRefusal(parts)) return;
    hold(parts.length <= 100, "a number of parts");
    const pieces = parts.flatMap(({ name, fileName, mediaType, bytes }) => {
      hold(Buffer.byteLength(name) <= 255, "a long name");
      hold(Buffer.byteLength(fileName ?? "") <= 255, "a long name of a file");
      hold(!Buffer.from(bytes).includes(`\r\n${line}`), "a boundary within a part");
      const file = fileName === undefined ? "" : `; filename=${quoted(fileName)}`;
      const type = mediaType === undefined ? "" : `\r\nContent-Type: ${mediaType}`;
      const head = `Content-Disposition: form-data; name=${quoted(name)}${file}${type}`;
      return [Buffer.from(`${line}\r\n${head}\r\n\r\n`), bytes, Buffer.from("\r\n")];
    });
    // A line break in a percent-encoded name cannot be written as plain text.
    if (parts.some(({ fileName = "" }) => /[\r\n\0]/.test(fileName))) return;
    const again = parseMultipartBody(
      Buffer.concat([...pieces, Buffer.from(`${line}--`)]),
      boundary,
    );
    if (isRefusal(again)) return hold(false, again.message);
    hold(again.length === parts.length, "another number of parts");
    for (const [at, part] of parts.entries()) {
      const other = again[at];
      const isSame = other?.name === part.name && other.fileName === part.fileName;
      hold(isSame && sameBytes(other.bytes, part.bytes), "another part");
    }
  },
};

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
