import {
  HttpResponseReader,
  ResponseFault,
} from "../../../packages/actor-runtime/src/io/http/http-response-reader.ts";
import { bytesMutator } from "../engine/mutate-bytes.ts";
import { hold } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const text = (value: string): Uint8Array => Buffer.from(value, "latin1");

/** The response, and how it ended. */
function story(input: Uint8Array, partBytes: number): string {
  const heads: string[] = [];
  const body: number[] = [];
  let ends = 0;
  const reader = new HttpResponseReader({
    head: (head) => heads.push(JSON.stringify(head)),
    body: (chunk) => body.push(...chunk),
    end: () => ends++,
  });
  reader.start();
  let ending: string;
  try {
    for (let at = 0; at < input.length; at += partBytes)
      reader.push(input.subarray(at, at + partBytes));
    ending = reader.close() ? "whole" : "cut";
  } catch (error) {
    hold(error instanceof ResponseFault, () => `another error: ${String(error)}`);
    ending = "refused";
  }
  hold(heads.length <= 1 && ends <= heads.length, "several responses to a request");
  hold(body.length <= input.length, "a body from nothing");
  hold((ending === "whole") === (ends === 1), "an end that does not fit");
  return ending === "refused" ? ending : [ending, ...heads, body.join()].join("\n");
}

/** Responses of web servers. */
export const httpResponse: FuzzTarget = {
  name: "http-response",
  oracle: "a response is read the same, however it is cut, or refused, and never twice",
  sources: ["io/http/http-response-reader"],
  seeds: () => [
    text("HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-4/9\r\nContent-Length: 5\r\n\r\nhello"),
    text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a\r\nab\r\n0\r\nX: y\r\n\r\n"),
    text("HTTP/1.1 100 Go on\r\n\r\nHTTP/1.0 200 OK\n\nto the end"),
    text("HTTP/1.1 302 Found\r\nLocation: /b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
    new Uint8Array(),
  ],
  mutate: bytesMutator([
    text("\r\n"),
    text("\r\n\r\n"),
    text("Content-Length: 3\r\n"),
    text("Transfer-Encoding: chunked\r\n"),
    text("HTTP/1.1 100 C\r\n\r\n"),
    text("0\r\n\r\n"),
  ]),
  maxBytes: 2_048,
  run(input) {
    const whole = story(input, Math.max(1, input.length));
    hold(story(input, 1) === whole, "read otherwise byte by byte");
    hold(story(input, 7) === whole, "read otherwise in parts of seven bytes");
  },
};
