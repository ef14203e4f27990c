// The text of an XML document, by its byte order mark or its declaration.

/** A declaration stands in the first bytes; encodings that have ASCII in other places have a byte order mark. */
const declarationBytes = 256;
const declared = /^\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([\w.:-]{1,40})["']/i;

/** @returns Undefined for an encoding that the platform does not know. A broken sequence becomes U+FFFD. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encodingOf(bytes)).decode(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function encodingOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, declarationBytes));
  return declared.exec(start.replace(/^\u00ef\u00bb\u00bf/, ""))?.[1] ?? "utf-8";
}
