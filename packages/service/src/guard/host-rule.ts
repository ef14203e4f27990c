// The field `Host`: a page of another site that has bound its name to this machine sends its own name.

import { canonicalHost, parseDigits, parseIp } from "@troupe/protocol/address";
import { cleanText } from "@troupe/protocol/text";
import { refuse, type Refusal } from "./refusal.ts";
import { shownText } from "./shown-text.ts";

/** A longer field is refused. */
const longestHost = 300;

/** A host as a request or a browser names it. */
export interface HostName {
  /** Lower case, without a full stop at its end; an address in its shortest form, without brackets. */
  readonly name: string;
  /** Undefined for the usual port of the scheme. */
  readonly port: number | undefined;
}

/** The names of this service. */
interface HostRule {
  /** The host name of this machine, as the system has it. */
  readonly machineName: string;
  /** Values of `--host`, as {@link parseHostNames} gives them. */
  readonly names: readonly string[];
}

/**
 * @param isSocket The request came by the Unix socket and from no proxy: no browser sent it, and every name is allowed.
 * @returns The host, or the refusal `host-not-allowed`, with a password too.
 */
export function checkHost(
  field: string | undefined,
  rule: HostRule,
  isSocket: boolean,
): HostName | Refusal {
  const host = field === undefined ? undefined : parseHost(field);
  if (isSocket) return host ?? { name: "localhost", port: undefined };
  if (host !== undefined && (parseIp(host.name) !== undefined || isOurs(host.name, rule)))
    return host;
  const name = host?.name ?? cleanText(field ?? "", 100);
  const advice = host === undefined ? "" : `; if it is a name of this service, add --host ${name}`;
  const message = `cannot answer for the host ${JSON.stringify(name)}: allowed are IP addresses, localhost, the name of this machine and those of --host${advice}`;
  return refuse(421, "host-not-allowed", message);
}

/** Reads the values of `--host`; a port is ignored. @returns The names, or the refusal `host-name-malformed`. */
export function parseHostNames(values: readonly string[]): readonly string[] | Refusal {
  const hosts = values.map(parseHost);
  const wrong = values.find((_, at) => hosts[at] === undefined);
  return wrong === undefined ? hosts.flatMap((host) => host?.name ?? []) : malformedName(wrong);
}

/** Reads `name`, `name:80`, `192.0.2.7:80`, `[2001:db8::1]:80`. @returns Undefined for other text. */
export function parseHost(text: string): HostName | undefined {
  if (text.length > longestHost) return undefined;
  const [, bracketed, plain = "", digits] =
    /^(?:\[([\da-f.:]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const port = digits === undefined ? undefined : parseDigits(digits, 10, 5);
  if (port !== undefined && (port === 0 || port > 65_535)) return undefined;
  if (bracketed !== undefined) {
    return parseIp(bracketed)?.length === 16 ? { name: canonicalHost(bracketed), port } : undefined;
  }
  const name = plain.toLowerCase().replace(/\.$/, "");
  return name === "" ? undefined : { name, port };
}

function isOurs(name: string, { machineName, names }: HostRule): boolean {
  const machine = machineName.toLowerCase().replace(/\.local$/, "");
  const own = ["localhost", ...names];
  if (machine !== "") own.push(machine, `${machine}.local`);
  return own.includes(name);
}

function malformedName(value: string): Refusal {
  const message = `cannot read the host ${shownText(value)}: allowed are names such as seedbox.example and IP addresses`;
  return refuse(400, "host-name-malformed", message);
}
