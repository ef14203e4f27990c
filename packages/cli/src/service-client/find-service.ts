// The service that a call is for: by the command line, else the environment, else the state folder.

import { resolve } from "node:path";
import { cleanText } from "@troupe/protocol/text";
import type { ServiceReach } from "../arguments/service-arguments.ts";
import { UsageError } from "../arguments/usage-error.ts";
import type { Environment } from "../environment.ts";
import { CommandError } from "../failure.ts";
import { tokenVariable, urlVariable } from "../settings/settings-places.ts";
import { stateFolder } from "../source.ts";
import type { ServiceTarget } from "./service-port.ts";
import { socketPlace } from "./socket-place.ts";

type ReachEnvironment = Pick<
  Environment,
  "currentFolder" | "platform" | "readTextFile" | "variables"
>;

/**
 * @throws UsageError for an address or a token that is malformed; CommandError `no-service` where there is no place for a
 *   socket, `secret-unreadable` for the file of the token.
 */
export async function findService(
  reach: ServiceReach,
  environment: ReachEnvironment,
): Promise<ServiceTarget> {
  const ofVariable = reach.namesStateDirectory ? undefined : environment.variables[urlVariable];
  const url = reach.url ?? (ofVariable || undefined);
  if (url !== undefined) return await atUrl(url, reach, environment);
  if (reach.token !== undefined || reach.tokenFile !== undefined)
    throw new UsageError("a token needs --url: the service of the state folder knows its user");
  return atSocket(reach.stateDirectory, environment);
}

async function atUrl(
  url: string,
  { token, tokenFile }: ServiceReach,
  environment: ReachEnvironment,
): Promise<ServiceTarget> {
  const ofFile = tokenFile === undefined ? undefined : await readSecret(tokenFile, environment);
  const secret = token ?? ofFile ?? (environment.variables[tokenVariable] || undefined);
  if (secret !== undefined && !/^[!-~]{1,1000}$/.test(secret))
    throw new UsageError("a token has 1 to 1000 printable ASCII characters");
  return { kind: "url", base: baseOf(url), token: secret };
}

/** The address without a `/` at its end. */
function baseOf(text: string): string {
  const url = URL.parse(text);
  const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
  const isPlain = `${url?.username}${url?.password}${url?.search}${url?.hash}` === "";
  if (url === null || !isHttp || !isPlain) {
    const allowed = "allowed is http(s)://host:port/base without a user, ? and #";
    throw new UsageError(`the address of the service is ${cleanText(text, 60)}; ${allowed}`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

function atSocket(named: string | undefined, environment: ReachEnvironment): ServiceTarget {
  const folder = stateFolder(named, environment);
  const path = folder === undefined ? undefined : socketPlace(folder, environment);
  if (path === undefined) throw noPlace(folder);
  const startedBy = named === undefined ? "troupe serve" : `troupe serve --state-dir ${folder}`;
  return { kind: "socket", path, startedBy };
}

function noPlace(folder: string | undefined): CommandError {
  const message =
    folder === undefined
      ? "there is no state folder, and so no service of it; give --state-dir or --url"
      : `the state folder ${cleanText(folder, 200)} has no place for a socket; start \`troupe serve\` and name it with --url`;
  return new CommandError("no-service", message);
}

/**
 * The first line of a file.
 *
 * @param path The path as written.
 * @throws CommandError `secret-unreadable`
 */
export async function readSecret(
  path: string,
  { currentFolder, readTextFile }: Pick<Environment, "currentFolder" | "readTextFile">,
): Promise<string> {
  const file = await readTextFile(resolve(currentFolder, path));
  const [line = ""] = "text" in file ? file.text.split(/\r?\n/) : [];
  if (line !== "") return line;
  const seen = "refused" in file ? file.refused : "its first line is empty";
  throw new CommandError("secret-unreadable", `cannot read ${cleanText(path, 200)}: ${seen}`);
}
