import { callBodyBytes } from "./body-reader.ts";
import { refuse, type Refusal } from "./refusal.ts";

/** Fields of a form; a longer one is refused `form-malformed`. */
const mostFields = 1_000;
/** Bytes of a field's name, decoded. */
const longestName = 255;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A field of a form. */
export type FormField = readonly [name: string, value: string];

/** Reads `a=1&b=x+y` (application/x-www-form-urlencoded). @returns The fields in their order, `form-malformed` or `body-too-large`. */
export function parseFormBody(bytes: Uint8Array): readonly FormField[] | Refusal {
  // Also of a call that adds torrents: unescaping takes several times the memory of the form.
  if (bytes.length > callBodyBytes) return tooLarge(bytes.length);
  const text = decoded(bytes);
  if (text === undefined) return malformed("it is not UTF-8");
  if (text === "") return [];
  // One more than allowed is enough to know.
  const parts = text.split("&", mostFields + 1);
  if (parts.length > mostFields)
    return malformed(`it has more than ${mostFields} fields, which is the most`);
  const fields: FormField[] = [];
  for (const part of parts) {
    const equals = part.indexOf("=");
    const name = unescaped(equals < 0 ? part : part.slice(0, equals));
    const value = unescaped(equals < 0 ? "" : part.slice(equals + 1));
    if (name === undefined || value === undefined)
      return malformed("a percent sign stands before no UTF-8");
    const nameBytes = Buffer.byteLength(name);
    if (nameBytes > longestName)
      return malformed(`a name has ${nameBytes} bytes; at most ${longestName} are allowed`);
    fields.push([name, value]);
  }
  return fields;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

function tooLarge(lengthBytes: number): Refusal {
  const message = `cannot read the body as a form: it has ${lengthBytes} bytes; at most ${callBodyBytes} are allowed; send files as multipart/form-data`;
  return refuse(413, "body-too-large", message);
}

function malformed(seen: string): Refusal {
  return refuse(400, "form-malformed", `cannot read the body as a form: ${seen}`);
}
