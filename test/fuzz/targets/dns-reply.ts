import { parseIp } from "@troupe/protocol/address";
import { decodeDnsReply, type DnsQuestion } from "@troupe/protocol/dns";
import { dnsReply, type DnsAnswer } from "@troupe/protocol/testing";

import { bytesMutator, bytesOf } from "../engine/mutate-bytes.ts";
import { hold } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const question: DnsQuestion = { id: 0x1234, name: "tracker.example", family: 4 };
const answer: DnsAnswer = { name: question.name, family: 4, address: "192.0.2.7" };
const aliases: readonly DnsAnswer[] = [
  { name: question.name, alias: "a.example" },
  { name: "a.example", alias: question.name },
  { ...answer, name: "a.example" },
];

/** Replies of name servers (RFC 1035). */
export const dnsReplyTarget: FuzzTarget = {
  name: "dns-reply",
  oracle: "no reply to the question, or at most 8 numeric addresses of the family that was asked",
  sources: ["protocol/src/dns/"],
  seeds: () => [
    dnsReply(question, { answers: [answer] }),
    dnsReply(question, { answers: aliases }),
    dnsReply(question, { code: 3 }),
    dnsReply(question, { isTruncated: true }),
  ],
  mutate: bytesMutator([Uint8Array.of(0xc0, 0x0c), bytesOf("\u0000\u0001\u0000\u0001")]),
  run(input) {
    const reply = decodeDnsReply(input, question);
    if (reply?.kind !== "addresses") return;
    hold(reply.addresses.length <= 8, "more than 8 addresses");
    for (const address of reply.addresses)
      hold(parseIp(address)?.length === 4, () => `no IPv4 address: ${address}`);
  },
};
