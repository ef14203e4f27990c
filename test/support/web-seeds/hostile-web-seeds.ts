// Web seeds that misbehave, one a rule. The document is right unless said otherwise.

import { gzipSync } from "node:zlib";

import type { SimulatedReply, SimulatedRequest } from "@troupe/actor-runtime/simulated";

/** A request for bytes of a file. */
export interface FileRequest {
  readonly request: SimulatedRequest;
  /** The whole file. */
  readonly file: Uint8Array;
  readonly begin: number;
  /** Exclusive. */
  readonly end: number;
}

/** A web seed with a name for titles. */
export interface HostileWebSeed {
  readonly name: string;
  readonly does: string;
  readonly answer: (asked: FileRequest) => SimulatedReply | Promise<SimulatedReply>;
}

/** The right answer. */
export function rightAnswer({ file, begin, end }: FileRequest): SimulatedReply {
  return {
    status: 206,
    headers: { "content-range": `bytes ${begin}-${end - 1}/${file.length}` },
    body: file.subarray(begin, end),
  };
}

function wrongRange(text: (asked: FileRequest) => string) {
  return (asked: FileRequest): SimulatedReply => ({
    ...rightAnswer(asked),
    headers: { "content-range": text(asked) },
  });
}

/** The whole file, by a server without ranges. */
export function wholeAnswer({ file }: FileRequest): SimulatedReply {
  return { body: file, headers: { "content-length": String(file.length) } };
}

/** All hostile web seeds. */
export const hostileWebSeeds: readonly HostileWebSeed[] = [
  {
    name: "wrong-bytes",
    does: "sends other bytes than the torrent has",
    answer: (asked) => ({
      ...rightAnswer(asked),
      body: asked.file.slice(asked.begin, asked.end).map((byte) => byte ^ 1),
    }),
  },
  {
    name: "endless-body",
    does: "goes on after the range",
    answer: (asked) => ({
      ...rightAnswer(asked),
      body: Buffer.concat([asked.file.subarray(asked.begin, asked.end), new Uint8Array(3 << 20)]),
    }),
  },
  {
    name: "trickle",
    does: "sends a byte a second",
    answer: (asked) => ({ ...rightAnswer(asked), chunkBytes: 1, chunkMs: 1_000 }),
  },
  {
    name: "short-body",
    does: "ends its body early",
    answer: (asked) => ({ ...rightAnswer(asked), body: asked.file.subarray(0, 100) }),
  },
  {
    name: "reset",
    does: "resets the connection in the body",
    answer: (asked) => ({ ...rightAnswer(asked), breaksAfterBytes: 1_000 }),
  },
  { name: "silent", does: "never answers", answer: () => new Promise(() => {}) },
  {
    name: "whole-file-elsewhere",
    does: "answers a range with the whole file, of another length",
    answer: () => ({ body: "<html>", headers: { "content-length": "6" } }),
  },
  {
    name: "other-range",
    does: "sends another range than asked for",
    answer: wrongRange(({ end, file }) => `bytes 0-${end}/${file.length}`),
  },
  {
    name: "other-length",
    does: "has files of another length",
    answer: wrongRange(({ begin, end }) => `bytes ${begin}-${end - 1}/99999999`),
  },
  {
    name: "no-range",
    does: "sends a part without its place",
    answer: (asked) => ({ ...rightAnswer(asked), headers: {} }),
  },
  {
    name: "gzip",
    does: "compresses the body unasked",
    answer: (asked) => {
      const { body = "", headers } = rightAnswer(asked);
      return {
        status: 206,
        body: gzipSync(body),
        headers: { ...headers, "content-encoding": "gzip" },
      };
    },
  },
  {
    name: "whole-wrong-bytes",
    does: "sends whole files of other bytes",
    answer: (asked) => ({ ...wholeAnswer(asked), body: asked.file.map((byte) => byte ^ 1) }),
  },
  {
    name: "whole-endless",
    does: "sends whole files without a length, and goes on after them",
    answer: ({ file }) => ({ body: Buffer.concat([file, new Uint8Array(3 << 20)]) }),
  },
  {
    name: "whole-short",
    does: "sends whole files without a length, and ends them early",
    answer: ({ file }) => ({ body: file.subarray(0, 100) }),
  },
  {
    name: "whole-other-length",
    does: "sends a whole file once, and then files of another length",
    answer: (asked) => {
      const { file, request } = asked;
      return request.headers["range"] === undefined
        ? { body: file, headers: { "content-length": "9" } }
        : wholeAnswer(asked);
    },
  },
  {
    name: "whole-gzip",
    does: "compresses whole files unasked",
    answer: (asked) => {
      const { body = "" } = wholeAnswer(asked);
      return { body: gzipSync(body), headers: { "content-encoding": "gzip" } };
    },
  },
  {
    name: "whole-trickle",
    does: "sends whole files, a byte a second",
    answer: (asked) => ({ ...wholeAnswer(asked), chunkBytes: 1, chunkMs: 1_000 }),
  },
  {
    name: "whole-then-part",
    does: "sends a whole file once, and then parts that were not asked for",
    answer: (asked) =>
      asked.request.headers["range"] === undefined
        ? { ...rightAnswer(asked), headers: { "content-range": "bytes 0-9/10" } }
        : wholeAnswer(asked),
  },
  { name: "refused-ranges", does: "refuses each range", answer: () => ({ status: 416 }) },
  { name: "not-found", does: "has no file", answer: () => ({ status: 404 }) },
  {
    name: "busy",
    does: "asks to return in ten years",
    answer: () => ({ status: 503, headers: { "retry-after": "315360000" } }),
  },
  { name: "broken", does: "answers 500", answer: () => ({ status: 500 }) },
  {
    name: "redirect-inside",
    does: "redirects to a host of our network",
    answer: () => ({ redirect: "http://10.0.0.1/reboot" }),
  },
  {
    name: "redirect-loop",
    does: "redirects for ever",
    answer: ({ request }) => ({ redirect: `${request.url.href}?${request.url.search.length}` }),
  },
];
