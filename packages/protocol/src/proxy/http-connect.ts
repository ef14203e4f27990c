// https://www.rfc-editor.org/rfc/rfc9110#name-connect: a tunnel through an HTTP proxy.
//
//   CONNECT example.org:443 HTTP/1.1        HTTP/1.1 200 Connection established
//   host: example.org:443                   …
//   proxy-authorization: Basic …

import type { ProxyAddress, ProxyDialog, ProxyRefusal, ProxyStep } from "./proxy-step.ts";
import type { ProxyLogin } from "./proxy-url.ts";

/** The longest head of a reply; a longer one is refused. */
export const longestConnectReplyBytes = 8_192;

const headEnd = "\r\n\r\n";
const statusLine = /^HTTP\/1\.[01] (\d{3})(?: [^\r\n]*)?\r\n/;

/** 407, and 401 of proxies that mean the same. */
const loginStatuses: ReadonlySet<number> = new Set([401, 407]);

/** Statuses of a gateway that could not reach the target. */
const unreachableStatuses: ReadonlySet<number> = new Set([502, 503, 504]);

/** The parts of a handshake. */
interface ConnectParts {
  /** A numeric address, or a name that the proxy looks up. */
  readonly target: ProxyAddress;
  readonly login?: ProxyLogin;
  /** Takes the memory. */
  readonly send: (bytes: Uint8Array) => void;
}

/** Our side of CONNECT. Holds at most 8 KiB of the proxy. */
export class ConnectDialog implements ProxyDialog {
  readonly #parts: ConnectParts;
  #head = Buffer.alloc(0);

  constructor(parts: ConnectParts) {
    this.#parts = parts;
  }

  begin(): void {
    const { login, send, target } = this.#parts;
    const host = target.host.includes(":") ? `[${target.host}]` : target.host;
    const authority = `${host}:${target.port}`;
    const lines = [
      `CONNECT ${authority} HTTP/1.1`,
      `host: ${authority}`,
      ...(login === undefined ? [] : [`proxy-authorization: ${basicAuthorization(login)}`]),
    ];
    send(Buffer.from(`${lines.join("\r\n")}${headEnd}`, "latin1"));
  }

  receive(chunk: Uint8Array): ProxyStep {
    const before = this.#head.length;
    const seen = Buffer.concat([this.#head, chunk.subarray(0, longestConnectReplyBytes - before)]);
    const end = seen.indexOf(headEnd, Math.max(0, before - headEnd.length + 1));
    if (end < 0) {
      this.#head = seen;
      return seen.length < longestConnectReplyBytes && mayBecomeReply(seen)
        ? { kind: "more" }
        : { kind: "refused", reason: "proxy-malformed" };
    }
    const [, digits] = statusLine.exec(seen.toString("latin1", 0, end + 2)) ?? [];
    if (digits === undefined) return { kind: "refused", reason: "proxy-malformed" };
    const status = Number(digits);
    if (status >= 200 && status < 300) {
      const rest = chunk.subarray(end + headEnd.length - before);
      return { kind: "open", bound: undefined, rest };
    }
    return { kind: "refused", reason: refusalOf(status) };
  }
}

/** The value of `proxy-authorization` (RFC 7617). A secret. */
export function basicAuthorization({ user, password }: ProxyLogin): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

/** Another protocol shows by its first bytes. */
function mayBecomeReply(bytes: Buffer): boolean {
  const start = bytes.toString("latin1", 0, 5);
  return "HTTP/".startsWith(start);
}

function refusalOf(status: number): ProxyRefusal {
  if (loginStatuses.has(status)) return "proxy-login";
  return unreachableStatuses.has(status) ? "EHOSTUNREACH" : "proxy-refused";
}
