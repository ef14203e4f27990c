// Requests to a service: valid ones of each dialect with random values, and the same with changed bytes.

import type { Route } from "../../../packages/service/src/routes/route.ts";
import { pathOf } from "../../support/service/every-route.ts";
import { bytesMutator, bytesOf } from "../engine/mutate-bytes.ts";
import type { Random } from "../engine/random.ts";

/** A request as bytes. */
export interface RandomRequest {
  readonly bytes: Uint8Array;
  /** The head is one that the parser reads, and the body is as long as it says: there is a response. */
  readonly isWhole: boolean;
}

const hashes = ["a".repeat(40), "b".repeat(40), "all", "", "zz", "1|2"];
const names = [
  ...[
    "hashes",
    "hash",
    "json",
    "category",
    "tags",
    "urls",
    "savepath",
    "location",
    "value",
    "limit",
  ],
  ...[
    "torrent",
    "torrents",
    "source",
    "path",
    "id",
    "ids",
    "fields",
    "rid",
    "filter",
    "sort",
    "since",
  ],
  ...[
    "from",
    "to",
    "oldPath",
    "newPath",
    "name",
    "directory",
    "limits",
    "goals",
    "labels",
    "groups",
  ],
  ...[
    "username",
    "password",
    "token",
    "right",
    "cursor",
    "peers",
    "ratioLimit",
    "priority",
    "trackers",
  ],
  ...["__proto__", "constructor", "toString", "maxPeers", "exclude", "renames", "index", "pieces"],
] as const;
const texts = [
  ...[
    "",
    "a",
    "0",
    "-1",
    "1e999",
    "9007199254740993",
    "true",
    "null",
    "[]",
    "{}",
    '{"dl_limit":1}',
  ],
  ...["../x", String.raw`..\x`, "/etc/passwd", "%00", "\0", "\r\nx: y", "é", "\ud800", "<script>"],
  ...["http://127.0.0.1:1/", "http://[", "magnet:?xt=urn:btih:", "recently-active", "2.0", "asc"],
] as const;
const methods = [
  "session-get",
  "session-set",
  "torrent-get",
  "torrent-set",
  "torrent-add",
  "torrent_get",
] as const;
const more = [
  "torrent-set-location",
  "torrent-rename-path",
  "queue-move-top",
  "group-set",
  "free-space",
] as const;
const mutate = bytesMutator(
  [
    "\r\n",
    "\r\n\r\n",
    ":",
    " HTTP/1.1",
    "\\",
    "%5c",
    "..",
    "//",
    "\0",
    "[",
    "{",
    '"',
    "content-length: 9",
  ]
    .concat(["transfer-encoding: chunked", "host: x", "GET", "?", "#", "\u00ff"])
    .map(bytesOf),
);

/** Makes requests, each of the routes in about as many cases. */
export class RandomRequests {
  readonly #random: Random;
  readonly #routes: readonly Route[];
  readonly #session: string;

  /** @param session The session id of Transmission's dialects. */
  constructor(random: Random, routes: readonly Route[], session: string) {
    this.#random = random;
    // Its response does not end.
    this.#routes = routes.filter(({ path }) => !path.endsWith("/events"));
    this.#session = session;
  }

  next(): RandomRequest {
    const random = this.#random;
    const bytes = this.#built();
    if (!random.oneIn(3)) return { bytes, isWhole: true };
    const means = { random, other: this.#built(), maxBytes: 20_000 };
    return { bytes: mutate(bytes, means), isWhole: false };
  }

  #built(): Uint8Array {
    const random = this.#random;
    const route = random.pick(this.#routes);
    if (route === undefined) throw new Error("there are no routes");
    const [type, body] = route.method === "POST" ? this.#body(route.path) : ["", ""];
    const bytes = Buffer.from(body);
    const query = random.oneIn(2) ? `?${this.#form()}` : "";
    const target = random.oneIn(8) ? this.#target() : pathOf(route) + query;
    const method = random.oneIn(10)
      ? random.pick(["PUT", "DELETE", "OPTIONS", "TRACE"])
      : route.method;
    const fields = [
      `${method} ${target} HTTP/1.1`,
      "host: 127.0.0.1",
      "connection: close",
      `x-transmission-session-id: ${random.oneIn(8) ? "x" : this.#session}`,
      ...(type === "" ? [] : [`content-type: ${type}`, `content-length: ${bytes.length}`]),
      ...(random.oneIn(6) ? [this.#field()] : []),
    ];
    return Buffer.concat([Buffer.from(`${fields.join("\r\n")}\r\n\r\n`), bytes]);
  }

  #target(): string {
    const segments = [
      "api",
      "v1",
      "v2",
      "transmission",
      "rpc",
      "..",
      ".",
      "",
      "%2e%2e",
      "%5c",
      "%00",
      "%zz",
    ];
    const count = 1 + this.#random.below(5);
    return `/${Array.from({ length: count }, () => this.#random.pick(segments)).join("/")}`;
  }

  #field(): string {
    const fields = [
      "origin: null",
      "sec-fetch-site: none",
      "last-event-id: x-9",
      "if-none-match: *",
    ];
    fields.push("cookie: SID=x; SID=y", "authorization: Basic Og==", "authorization: Bearer x");
    fields.push("content-encoding: gzip", "expect: x", "x-forwarded-for: ,,", "range: bytes=0-");
    return this.#random.pick(fields) ?? "";
  }

  #body(path: string): [type: string, body: string] {
    const json = "application/json";
    if (path.startsWith("/transmission")) return [json, JSON.stringify(this.#rpc())];
    switch (this.#random.below(4)) {
      case 0:
        return ["application/x-www-form-urlencoded", this.#form()];
      case 1:
        return [
          "multipart/form-data; boundary=b",
          `--b\r\nContent-Disposition: form-data; name="${this.#random.pick(names)}"\r\n\r\n${this.#text()}\r\n--b--\r\n`,
        ];
      default:
        return path.startsWith("/api/v2")
          ? ["application/x-www-form-urlencoded", this.#form()]
          : [json, JSON.stringify(this.#value(3))];
    }
  }

  #rpc(): unknown {
    const random = this.#random;
    const call = (): unknown => {
      const method = random.pick([...methods, ...more]);
      const given = this.#object(2);
      return random.oneIn(2)
        ? { method, arguments: given, tag: random.below(9) }
        : { jsonrpc: "2.0", id: 1, method: method?.replaceAll("-", "_"), params: given };
    };
    if (random.oneIn(8)) return this.#value(3);
    return random.oneIn(6) ? [call(), call()] : call();
  }

  #form(): string {
    const fields = Array.from({ length: this.#random.below(5) }, (): [string, string] => [
      this.#random.pick(names),
      this.#text(),
    ]);
    return new URLSearchParams(fields).toString();
  }

  #text(): string {
    return (this.#random.oneIn(2) ? this.#random.pick(texts) : this.#random.pick(hashes)) ?? "";
  }

  #value(deepest: number): unknown {
    const random = this.#random;
    switch (random.below(deepest > 0 ? 7 : 4)) {
      case 0:
        return random.pick([0, 1, -1, 1.5, 2 ** 53, null, true, false]);
      case 1:
      case 2:
      case 3:
        return this.#text();
      case 4:
        return Array.from({ length: random.below(4) }, () => this.#value(deepest - 1));
      default:
        return this.#object(deepest - 1);
    }
  }

  #object(deepest: number): object {
    const entries = Array.from({ length: this.#random.below(4) }, () => [
      this.#random.pick(names),
      this.#value(deepest),
    ]);
    return Object.fromEntries(entries) as object;
  }
}
