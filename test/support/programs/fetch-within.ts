// Requests that are sent from a machine of a test network.

import { runProcess } from "./process.ts";

const program = `
const [url, init] = process.argv.slice(1);
const reply = await fetch(url, JSON.parse(init));
const { status, headers } = reply;
console.log(JSON.stringify({ text: await reply.text(), init: { status, headers: [...headers] } }));
`;

/** Parts of a request that are plain data. */
export interface PlainRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** @param within Words before a command that run it on the machine; none for this machine. */
export async function fetchWithin(
  within: readonly string[],
  url: string,
  request: PlainRequest,
): Promise<Response> {
  if (within.length === 0) return await fetch(url, request);
  const words = ["--input-type=module", "-e", program, url, JSON.stringify(request)];
  const [line = ""] = await runProcess([...within, process.execPath, ...words]);
  const { text, init } = JSON.parse(line) as { text: string; init: ResponseInit };
  return new Response(text, init);
}
