// The message server of a command line: its words, variables of the environment, and files, so that no token has to stand in the
// list of processes.

import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { systemSentence } from "@troupe/actor-runtime/system-sentence";
import type { NatsOptions } from "@troupe/load-tester";
import type { NatsWords } from "../../arguments/load-test-arguments.ts";
import { UsageError } from "../../arguments/usage-error.ts";
import type { Environment } from "../../environment.ts";
import { CommandError } from "../../failure.ts";

/** Bytes that are read of a file with a URL; further ones are not read. */
const mostUrlBytes = 4_096;

/**
 * The URL is `--nats URL`, the text of F for `--nats @F`, or `NATS_URL`. A token is in the URL, or `NATS_TOKEN`; a credentials
 * file takes the place of both.
 *
 * @throws {UsageError} without a URL
 * @throws {CommandError} `nats-credentials-unreadable`
 */
export async function natsOptions(
  { url: written, credentialsFile }: NatsWords,
  { variables, currentFolder }: Pick<Environment, "variables" | "currentFolder">,
): Promise<NatsOptions> {
  const named = written ?? variables["NATS_URL"] ?? "";
  const url = named.startsWith("@") ? await readUrl(resolve(currentFolder, named.slice(1))) : named;
  if (url === "") throw new UsageError("load-test needs --nats URL, or NATS_URL", "load-test");
  if (credentialsFile !== undefined) return { url, credentialsFile };
  const token = variables["NATS_TOKEN"] ?? "";
  return token === "" || hasCredentials(url) ? { url } : { url, token };
}

function hasCredentials(url: string): boolean {
  return /^(?:[a-z]+:\/\/)?[^/?#]*@/i.test(url);
}

async function readUrl(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(mostUrlBytes), 0, mostUrlBytes);
    return buffer.toString("utf8", 0, bytesRead).trim();
  } catch (cause) {
    throw new CommandError(
      "nats-credentials-unreadable",
      `cannot read the URL of the NATS server from ${path}: ${systemSentence(cause)}`,
      { cause },
    );
  }
}
