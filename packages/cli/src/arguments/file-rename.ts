import type { FileRename } from "@troupe/control";
import { cleanText } from "@troupe/protocol/text";
import { UsageError } from "./usage-error.ts";

/** Reads `OLD=NEW`, with the first `=` between the two paths. @throws {UsageError} */
export function readRename(text: string): FileRename {
  const at = text.indexOf("=");
  const [from, to] = [text.slice(0, at), text.slice(at + 1)];
  if (at > 0 && to !== "") return { from, to };
  const seen = cleanText(text, 60);
  throw new UsageError(`--rename takes two paths like Album/01.mp3=Album/one.mp3, not "${seen}"`);
}
