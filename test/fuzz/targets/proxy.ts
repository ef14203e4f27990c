import {
  ConnectDialog,
  decodeSocksDatagram,
  encodeSocksDatagram,
  parseProxyUrl,
  proxyText,
  SocksDialog,
  type ProxyDialog,
} from "@troupe/protocol/proxy";

import { bytesMutator } from "../engine/mutate-bytes.ts";
import { acceptedBy, hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const target = { host: "tracker.example", port: 443 };
const login = { user: "ann", password: "secret" };
const text = (words: string): Uint8Array => new Uint8Array(Buffer.from(words, "latin1"));

/** The end of a handshake whose proxy sends these bytes, and the bytes behind it. */
function outcomeOf(make: () => ProxyDialog, bytes: Uint8Array, cutBytes: number): string {
  const dialog = make();
  dialog.begin();
  for (let from = 0; from < bytes.length; from += cutBytes) {
    const step = dialog.receive(bytes.subarray(from, from + cutBytes));
    if (step.kind === "more") continue;
    if (step.kind === "refused") return step.reason;
    const readBytes = Math.min(from + cutBytes, bytes.length) - step.rest.length;
    hold(readBytes > 0, "an open way without a reply");
    return `open ${readBytes} ${step.bound?.host} ${step.bound?.port}`;
  }
  return "more";
}

function handshake(
  name: string,
  make: (send: (bytes: Uint8Array) => void, hasLogin: boolean) => ProxyDialog,
  seeds: readonly Uint8Array[],
): FuzzTarget {
  return {
    name,
    oracle: "an end with a code, or an open way; any pieces lead to the same end; ≤ 1 KiB is sent",
    sources: ["protocol/src/proxy/"],
    seeds: () => seeds,
    mutate: bytesMutator([Uint8Array.of(5, 0), text("\r\n\r\n"), text("HTTP/1.1 200")]),
    maxBytes: 9_000,
    // The first byte says whether there is a login.
    run(input) {
      const hasLogin = (input[0] ?? 0) % 2 === 1;
      const bytes = input.subarray(1);
      let sentBytes = 0;
      const fresh = (): ProxyDialog => {
        sentBytes = 0;
        return make((sent) => void (sentBytes += sent.length), hasLogin);
      };
      const whole = outcomeOf(fresh, bytes, 10_000);
      hold(sentBytes <= 1_024, `${sentBytes} bytes sent`);
      for (const cutBytes of [1, 7, 100])
        hold(outcomeOf(fresh, bytes, cutBytes) === whole, `pieces of ${cutBytes} end otherwise`);
    },
  };
}

/** The replies of a SOCKS proxy. */
export const socksReply: FuzzTarget = handshake(
  "socks-reply",
  (send, hasLogin) =>
    new SocksDialog({ command: "connect", target, send, ...(hasLogin && { login }) }),
  [
    Uint8Array.of(0, 5, 0, 5, 0, 0, 1, 192, 0, 2, 7, 31, 144, 1),
    Uint8Array.of(1, 5, 2, 1, 0, 5, 0, 0, 3, 2, 110, 110, 0, 80),
    new Uint8Array([1, 5, 2, 1, 0, 5, 0, 0, 4, ...new Uint8Array(18), 9, 9]),
    Uint8Array.of(0, 5, 255),
    Uint8Array.of(0, 5, 0, 5, 5, 0, 1, 0, 0, 0, 0, 0, 0),
  ],
);

/** The reply to CONNECT. */
export const connectReply: FuzzTarget = handshake(
  "connect-reply",
  (send, hasLogin) => new ConnectDialog({ target, send, ...(hasLogin && { login }) }),
  [
    text("0HTTP/1.0 200 Connection established\r\nproxy-agent: x\r\n\r\npayload"),
    text("1HTTP/1.1 407 Login\r\nproxy-authenticate: Basic\r\n\r\n"),
    text("0HTTP/1.1 200\r\n\r\n"),
  ],
);

/** Datagrams from the relay of a SOCKS proxy. */
export const socksDatagram: FuzzTarget = {
  name: "socks-datagram",
  oracle: "dropped, or a sender and a payload that make the datagram again",
  sources: ["protocol/src/proxy/"],
  seeds: () =>
    ["192.0.2.7", "2001:db8::7", "tracker.example"].map(
      (host) => encodeSocksDatagram({ host, port: 6_881 }, text("payload")) ?? new Uint8Array(),
    ),
  mutate: bytesMutator([new Uint8Array(4)]),
  maxBytes: 400,
  run(input) {
    const read = decodeSocksDatagram(input);
    if (read === undefined) return;
    const again = encodeSocksDatagram(read.from, read.payload);
    const reread = again && decodeSocksDatagram(again);
    hold(reread !== undefined, "a sender without a form");
    hold(sameBytes(reread?.payload ?? new Uint8Array(), read.payload), "another payload");
    hold(reread?.from.host === read.from.host, "another sender");
  },
};

/** Addresses of proxies. */
export const proxyUrl: FuzzTarget = {
  name: "proxy-url",
  oracle: "refused with a code, or a proxy whose shown text names it and has no login",
  sources: ["protocol/src/proxy/"],
  seeds: () =>
    ["socks5://ann:pw@[2001:db8::7]:1080", "http://proxy.example", "socks5://192.0.2.7:9/"].map(
      text,
    ),
  mutate: bytesMutator([text("socks5://"), text("@"), text("%40"), text(":1080")]),
  maxBytes: 600,
  run(input) {
    acceptedBy(() => {
      const { login: read, ...proxy } = parseProxyUrl(Buffer.from(input).toString("utf8"));
      const shown = parseProxyUrl(proxyText(proxy));
      hold(JSON.stringify(shown) === JSON.stringify(proxy), "a text of another proxy");
      hold(read === undefined || read.user !== "", "a login without a user");
      return proxyText(proxy);
    });
  },
};
