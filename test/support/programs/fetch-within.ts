// Requests that are sent from a machine of a test network.

import { startProcess, type RunningProcess } from "./process.ts";

/** Answers a line of JSON for each line of JSON. */
const program = `
import { createInterface } from "node:readline";
for await (const line of createInterface({ input: process.stdin })) {
  const { id, url, request } = JSON.parse(line);
  const answer = await fetch(url, request).then(
    async (reply) => ({ text: await reply.text(), init: { status: reply.status, headers: [...reply.headers] } }),
    (error) => ({ error: String(error) }),
  );
  console.log(JSON.stringify({ id, ...answer }));
}
`;

/** Parts of a request that are plain data. */
export interface PlainRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The line of an answer. */
interface Answer {
  readonly text?: string;
  readonly init?: ResponseInit;
  readonly error?: string;
}

/** Sends requests from a machine; one program there sends all of them. */
export class Fetcher implements AsyncDisposable {
  readonly #program: RunningProcess | undefined;
  #requests = 0;

  private constructor(program: RunningProcess | undefined) {
    this.#program = program;
  }

  /** @param within Words before a command that run it on the machine; none for this machine. */
  static async on(within: readonly string[]): Promise<Fetcher> {
    if (within.length === 0) return new Fetcher(undefined);
    const words = [...within, process.execPath, "--input-type=module", "-e", program];
    return new Fetcher(await startProcess(words));
  }

  /** @throws rejects when the server cannot be reached. */
  async fetch(url: string, request: PlainRequest = {}): Promise<Response> {
    if (this.#program === undefined) return await fetch(url, request);
    const id = ++this.#requests;
    this.#program.say(JSON.stringify({ id, url, request }));
    const start = `{"id":${id},`;
    const find = (line: string): string | undefined => (line.startsWith(start) ? line : undefined);
    const line = await this.#program.lineWhere(`the answer of ${url}`, find);
    const { text, init, error } = JSON.parse(line) as Answer;
    if (error !== undefined) throw new Error(error);
    return new Response(text, init);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program?.stop();
  }
}
