import { resolve } from "node:path";
import { outOfRange } from "@troupe/control";
import type { ListenPlace } from "../service.messages.ts";

/**
 * Reads the values of `--listen`.
 *
 * @param folder The base of relative paths of sockets.
 * @throws TroupeError `option-out-of-range`
 */
export function parsePlaces(texts: readonly string[], folder: string): readonly ListenPlace[] {
  return texts.map((text) => {
    if (text.startsWith("unix:"))
      return { kind: "unix", path: resolve(folder, text.slice("unix:".length)) };
    const [, bracketed, plain, digits] =
      /^(?:\[([\da-f.:]+)\]|([^\s:[\]/]+)):(\d{1,5})$/i.exec(text) ?? [];
    const host = bracketed ?? plain;
    const port = Number(digits);
    if (host !== undefined && port <= 65_535) return { kind: "tcp", host, port };
    throw outOfRange("listen", JSON.stringify(text), "HOST:PORT, [address]:PORT or unix:PATH");
  });
}
