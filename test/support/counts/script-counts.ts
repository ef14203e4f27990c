// Counts the files of code that a thread has loaded, and their length: what a start has to read and compile.

import { Session } from "node:inspector";

/** Files of code of the program, without Node's own and those that count. */
export interface ScriptCount {
  readonly files: number;
  readonly characters: number;
}

/** Counts the files loaded so far. */
export function countScripts(): ScriptCount {
  const session = new Session();
  session.connect();
  let [files, characters] = [0, 0];
  session.on("Debugger.scriptParsed", ({ params: { url, length = 0 } }) => {
    if (!/^(?:file:|\/)/.test(url) || url.includes("/test/support/counts/")) return;
    files++;
    characters += length;
  });
  // V8 names all scripts that it has before this call returns.
  session.post("Debugger.enable");
  session.disconnect();
  return { files, characters };
}
