import type { FrameSink } from "@troupe/protocol/frames";

/** The name of a message and its fields; undefined for the other calls of a sink. */
export function messageText(name: keyof FrameSink, fields: readonly unknown[]): string | undefined {
  switch (name) {
    case "blockMemory":
    case "hashSink":
    case "blockPart":
    case "blockEnds":
      return undefined;
    case "blockStarts":
      return ["piece", ...fields].join(" ");
    case "bitfield":
      return `bitfield of ${lengthOf(fields[0])} bytes`;
    case "extended":
      return `extended ${Number(fields[0])} of ${lengthOf(fields[1])} bytes`;
    case "unknown":
      return `unknown ${Number(fields[0])} of ${Number(fields[1])} bytes`;
    default:
      return [words[name], ...fields].join(" ");
  }
}

/** Names of BEP 3, 5 and 6. */
const words = {
  keepAlive: "keep-alive",
  choke: "choke",
  unchoke: "unchoke",
  interested: "interested",
  notInterested: "not-interested",
  have: "have",
  request: "request",
  cancel: "cancel",
  port: "port",
  haveAll: "have-all",
  haveNone: "have-none",
  suggest: "suggest",
  allowedFast: "allowed-fast",
  reject: "reject",
} as const;

function lengthOf(bytes: unknown): number {
  return bytes instanceof Uint8Array ? bytes.length : 0;
}
