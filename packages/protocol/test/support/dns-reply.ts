// Replies of a name server.

import { parseIp } from "../../src/address/index.ts";
import { encodeDnsQuestion, type DnsQuestion } from "../../src/dns/index.ts";

/** A record: an address of a name, or the name that it is an alias of. */
export type DnsAnswer =
  | { readonly name: string; readonly family: 4 | 6; readonly address: string }
  | { readonly name: string; readonly alias: string };

/** The parts of a reply. */
export interface DnsReplyParts {
  readonly answers?: readonly DnsAnswer[];
  readonly code?: number;
  readonly isTruncated?: boolean;
  /** The name of the question as the server repeats it. */
  readonly writtenAs?: string;
}

/** @returns The reply to a question. */
export function dnsReply(
  question: DnsQuestion,
  { answers = [], code = 0, isTruncated = false, writtenAs = question.name }: DnsReplyParts,
): Uint8Array {
  const head = Buffer.from(encodeDnsQuestion({ ...question, name: writtenAs }) ?? []);
  head.writeUInt16BE(0x8180 | code | (isTruncated ? 0x0200 : 0), 2);
  head.writeUInt16BE(answers.length, 6);
  return new Uint8Array(
    Buffer.concat([head, ...answers.map((answer) => record(answer, question))]),
  );
}

function record(answer: DnsAnswer, { name }: DnsQuestion): Buffer {
  const data = "alias" in answer ? nameBytes(answer.alias) : (parseIp(answer.address) ?? []);
  const type = "alias" in answer ? 5 : answer.family === 4 ? 1 : 28;
  const owner = answer.name === name ? Buffer.from([0xc0, 0x0c]) : nameBytes(answer.name);
  const fields = Buffer.alloc(10);
  fields.writeUInt16BE(type, 0);
  fields.writeUInt16BE(1, 2);
  fields.writeUInt32BE(60, 4);
  fields.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, fields, Buffer.from(data)]);
}

function nameBytes(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

/** @returns The question that a message holds. @throws {Error} for a message without one. */
export function dnsQuestionIn(message: Uint8Array): DnsQuestion {
  const bytes = Buffer.from(message);
  const labels: string[] = [];
  let at = 12;
  for (let length = bytes.readUInt8(at); length > 0; length = bytes.readUInt8(at)) {
    labels.push(bytes.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const family = bytes.readUInt16BE(at + 1) === 1 ? 4 : 6;
  return { id: bytes.readUInt16BE(0), name: labels.join("."), family };
}
