// The search of UPnP Device Architecture 1.1, section 1.3: a datagram to a group, and a reply of each device that fits.

import { ProtocolError } from "../errors.ts";

/** The group and port of a search. */
export const ssdpGroup = { host: "239.255.255.250", port: 1_900 } as const;
/** Devices that are searched: a gateway of version 2 answers to both. */
export const gatewayTargets: readonly string[] = [1, 2].map(
  (number) => `urn:schemas-upnp-org:device:InternetGatewayDevice:${number}`,
);

/** Longest reply to a search; a longer one is ignored. */
const maxReplyBytes = 4_096;
/** Lines that are read of a reply; the rest is left out. */
const maxHeaders = 64;
/** Longest URL of a description; a reply with a longer one is ignored. */
const maxLocationLength = 2_048;

/** The reply of a device. */
interface SsdpReply {
  /** URL of its description: http, without a user name. */
  readonly location: URL;
}

/** A search for one kind of device; each waits up to a second with its reply. */
export function encodeSsdpSearch(target: string): Uint8Array {
  const lines = [
    "M-SEARCH * HTTP/1.1",
    `HOST: ${ssdpGroup.host}:${ssdpGroup.port}`,
    'MAN: "ssdp:discover"',
    "MX: 1",
    `ST: ${target}`,
  ];
  return new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);
}

/**
 * @param bytes Read during the call only.
 * @throws {ProtocolError} `datagram-malformed`: also for a device that is no gateway.
 */
export function decodeSsdpReply(bytes: Uint8Array): SsdpReply {
  if (bytes.length > maxReplyBytes) {
    throw malformed(`it has ${bytes.length} bytes, at most ${maxReplyBytes} are allowed`);
  }
  const [status = "", ...lines] = new TextDecoder("latin1")
    .decode(bytes)
    .split(/\r?\n/, maxHeaders);
  if (!/^HTTP\/1\.[01] 200\b/.test(status)) throw malformed("it is no answer to a search");
  const headers = headersOf(lines);
  if (!gatewayTargets.includes(headers.get("st") ?? "")) throw malformed("it is of no gateway");
  const text = headers.get("location") ?? "";
  const location = text.length > maxLocationLength ? null : URL.parse(text);
  if (location === null || !isPlainHttp(location)) throw malformed("its location is no http URL");
  return { location };
}

/** @returns Whether a URL is of http and has no user name. */
export function isPlainHttp({ protocol, username, password }: URL): boolean {
  return protocol === "http:" && username === "" && password === "";
}

/** The first of each name counts. */
function headersOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (!headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

function malformed(reason: string): ProtocolError {
  return new ProtocolError("datagram-malformed", {
    operation: "decode-ssdp",
    message: `cannot read the reply to a search for gateways: ${reason}`,
  });
}
