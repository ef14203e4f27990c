// A question to the person at the terminal.

import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** The streams of a terminal. */
interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks, and reads a line.
 *
 * @param isSecret The answer is not shown while it is typed.
 * @returns The line; undefined at the end of input. @throws rejects with the reason of `signal`.
 */
export async function askPerson(
  { input, output }: Terminal,
  question: string,
  { isSecret, signal }: { readonly isSecret: boolean; readonly signal: AbortSignal },
): Promise<string | undefined> {
  signal.throwIfAborted();
  output.write(question);
  // The editor of the line writes what is typed.
  const lines = createInterface({
    input,
    output: isSecret ? new Writable({ write: (_chunk, _encoding, done) => done() }) : output,
    terminal: isSecret,
  });
  try {
    return await new Promise((resolve, reject) => {
      lines.once("line", resolve);
      lines.once("close", () => resolve(undefined));
      // In raw mode Ctrl-C is a key, and no signal.
      lines.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
  } finally {
    lines.close();
    if (isSecret) output.write("\n");
  }
}
