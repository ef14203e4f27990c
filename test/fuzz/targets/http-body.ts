import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";

import { codeOf } from "@troupe/actor-runtime";

import {
  BodyTooLarge,
  inflateBody,
  readBody,
} from "../../../packages/actor-runtime/src/io/http/http-body.ts";
import { bytesMutator, joined } from "../engine/mutate-bytes.ts";
import { hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const encodings = [
  "gzip",
  "deflate",
  "x-gzip",
  "identity",
  "",
  undefined,
  " GZIP ",
  "br",
  "gzip, gzip",
] as const;
const maxBytes = 50_000;

/** Packed bodies of web servers. The first byte names the encoding. */
export const httpBody: FuzzTarget = {
  name: "http-body",
  oracle:
    "at most the bytes allowed come out, in memory of their own, or an error with a code of zlib's or ours",
  sources: ["io/http/http-body"],
  seeds: () => [
    joined([0], gzipSync("d5:peers0:e")),
    joined([1], deflateSync("d5:peers0:e")),
    joined([1], deflateRawSync("d5:peers0:e")),
    joined([0], gzipSync(new Uint8Array(60_000))),
    joined([0], gzipSync("a"), gzipSync("b")),
    joined([3], Buffer.from("plain")),
    Uint8Array.of(0),
    Uint8Array.of(7, 1),
  ],
  mutate: bytesMutator([
    gzipSync(""),
    gzipSync(new Uint8Array(200_000)),
    Uint8Array.of(0x1f, 0x8b, 8),
    Uint8Array.of(0x78, 0x9c),
  ]),
  maxBytes: 2_048,
  async run(input) {
    const encoding = encodings[(input[0] ?? 0) % encodings.length];
    const body = input.subarray(1);
    try {
      const inflated = inflateBody(body, encoding, maxBytes);
      hold(inflated.length <= Math.max(maxBytes, body.length), "more than allowed");
      if (inflated !== body)
        hold(inflated.buffer.byteLength === inflated.length, "memory that is shared");
    } catch (error) {
      const code = codeOf(error);
      hold(
        error instanceof BodyTooLarge ||
          (typeof code === "string" && /^(Z_|ERR_(ENCODING|TRAILING))/u.test(code)),
        () => `another error: ${String(error)}`,
      );
    }
    const chunks = [body.subarray(0, 3), body.subarray(3)];
    const most = (input[0] ?? 0) * 4;
    const read = await readBody(
      (async function* () {
        yield* chunks;
      })(),
      most,
    ).catch((error: unknown) => {
      hold(error instanceof BodyTooLarge && body.length > most, "refused without a reason");
      return undefined;
    });
    if (read !== undefined) hold(body.length <= most && sameBytes(read, body), "other bytes");
  },
};
