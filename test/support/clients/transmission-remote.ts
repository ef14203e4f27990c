// transmission-remote, a process a call.

import { startProcess } from "../programs/process.ts";

const debianPackage = "transmission-cli";

/** How a call ended. */
export interface RemoteAnswer {
  readonly status: number | undefined;
  /** What it has printed, errors too. */
  readonly text: string;
}

/** transmission-remote with the address of a daemon and its password. */
export class TransmissionRemote {
  readonly #words: readonly string[];

  /** @param password Default: none. */
  constructor(port: number, password?: { readonly user: string; readonly text: string }) {
    const proof = password === undefined ? [] : ["-n", `${password.user}:${password.text}`];
    this.#words = [`127.0.0.1:${port}`, ...proof];
  }

  async run(...words: readonly string[]): Promise<RemoteAnswer> {
    return await run([...this.#words, ...words]);
  }
}

/** The names of the options that its help lists, such as `--alt-speed`, in the order of the help. */
export async function remoteOptions(): Promise<readonly string[]> {
  const { text } = await run(["--help"]);
  return text.split("\n").flatMap((line) => /^ (?:-\w+ +| {5})(--[a-z-]+)/.exec(line)?.[1] ?? []);
}

async function run(words: readonly string[]): Promise<RemoteAnswer> {
  await using process = await startProcess(["transmission-remote", ...words], { debianPackage });
  const { status } = await process.exited;
  return { status, text: process.lines.join("\n") };
}
