import test from "ava";
import fc from "fast-check";
import { decodeDnsReply, encodeDnsQuestion, type DnsQuestion } from "../../src/dns/index.ts";
import { dnsReply, type DnsAnswer } from "../support/dns-reply.ts";

const question: DnsQuestion = { id: 0x1234, name: "tracker.example", family: 4 };
const four: DnsAnswer = { name: "tracker.example", family: 4, address: "192.0.2.7" };

test("a question asks for the addresses of a family, and wants the server to find them", (t) => {
  const hex = (asked: DnsQuestion) => Buffer.from(encodeDnsQuestion(asked) ?? []).toString("hex");
  t.is(hex(question), "12340100000100000000000007747261636b6572076578616d706c650000010001");
  t.true(hex({ ...question, family: 6 }).endsWith("00001c0001"));
});

test("a name that DNS cannot carry is no question", (t) => {
  const long = "a".repeat(63);
  t.truthy(encodeDnsQuestion({ ...question, name: long }));
  const names = ["", "a..b", ".a", `${long}a`, `${`${long}.`.repeat(4)}a`, "bücher.example", "a b"];
  for (const name of names) t.is(encodeDnsQuestion({ ...question, name }), undefined, name);
});

test("a reply has the addresses of the name, of its family alone", (t) => {
  const six: DnsAnswer = { ...four, family: 6, address: "2001:db8::7" };
  const other: DnsAnswer = { ...four, name: "other.example", address: "192.0.2.9" };
  const bytes = dnsReply(question, { answers: [other, six, four] });
  t.deepEqual(decodeDnsReply(bytes, question), { kind: "addresses", addresses: ["192.0.2.7"] });
  const asked: DnsQuestion = { ...question, family: 6 };
  t.deepEqual(decodeDnsReply(dnsReply(asked, { answers: [six] }), asked), {
    kind: "addresses",
    addresses: ["2001:db8::7"],
  });
  t.deepEqual(decodeDnsReply(dnsReply(question, {}), question), {
    kind: "addresses",
    addresses: [],
  });
});

test("aliases lead to addresses, eight at most, and a circle of them to none", (t) => {
  const alias = (from: number, to: number): DnsAnswer => ({
    name: from === 0 ? question.name : `a${from}.example`,
    alias: `a${to}.example`,
  });
  const chain = (length: number): readonly DnsAnswer[] => [
    ...Array.from({ length }, (_, at) => alias(at, at + 1)),
    { name: `a${length}.example`, family: 4, address: "192.0.2.8" },
  ];
  const found = (answers: readonly DnsAnswer[]) =>
    decodeDnsReply(dnsReply(question, { answers }), question);
  t.deepEqual(found(chain(8)), { kind: "addresses", addresses: ["192.0.2.8"] });
  t.deepEqual(found(chain(9)), { kind: "addresses", addresses: [] });
  t.deepEqual(found([alias(0, 1), { name: "a1.example", alias: question.name }]), {
    kind: "addresses",
    addresses: [],
  });
});

test("eight addresses are taken", (t) => {
  const answers = Array.from({ length: 20 }, (_, at) => ({ ...four, address: `192.0.2.${at}` }));
  const reply = decodeDnsReply(dnsReply(question, { answers }), question);
  t.is(reply?.kind === "addresses" ? reply.addresses.length : 0, 8);
});

test("the codes of a reply and its truncation are told", (t) => {
  const read = (parts: Parameters<typeof dnsReply>[1]) =>
    decodeDnsReply(dnsReply(question, parts), question);
  t.deepEqual(read({ code: 3 }), { kind: "no-name" });
  t.deepEqual(read({ code: 5 }), { kind: "refused", code: 5 });
  t.deepEqual(read({ isTruncated: true }), { kind: "truncated" });
});

test("a reply to another question is none, whatever letters it writes large", (t) => {
  const large = dnsReply(question, { answers: [four], writtenAs: "TRACKER.example" });
  t.is(decodeDnsReply(large, question)?.kind, "addresses");
  const bytes = dnsReply(question, { answers: [four] });
  t.is(decodeDnsReply(bytes, { ...question, id: 1 }), undefined);
  t.is(decodeDnsReply(bytes, { ...question, name: "other.example" }), undefined);
  t.is(decodeDnsReply(bytes, { ...question, family: 6 }), undefined);
  t.is(decodeDnsReply(encodeDnsQuestion(question) ?? new Uint8Array(), question), undefined);
});

test("a pointer that does not lead back makes the reply malformed", (t) => {
  const bytes = dnsReply(question, { answers: [four] });
  const answerAt = bytes.length - 16;
  t.deepEqual([bytes[answerAt], bytes[answerAt + 1]], [0xc0, 0x0c]);
  for (const target of [answerAt, answerAt + 2, 0x3fff]) {
    const changed = bytes.slice();
    changed[answerAt] = 0xc0 | (target >> 8);
    changed[answerAt + 1] = target & 0xff;
    t.is(decodeDnsReply(changed, question), undefined);
  }
});

test("cut and changed replies are malformed, or have numeric addresses alone", (t) => {
  const whole = dnsReply(question, { answers: [four, { ...four, address: "192.0.2.8" }] });
  const property = fc.property(
    fc.nat({ max: whole.length }),
    fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), { maxLength: 6 }),
    (length, changes) => {
      const bytes = whole.slice(0, length);
      for (const [at, value] of changes) if (at < length) bytes[at] = value;
      const reply = decodeDnsReply(bytes, question);
      if (reply?.kind !== "addresses") return;
      if (!reply.addresses.every((address) => /^\d+\.\d+\.\d+\.\d+$/.test(address)))
        throw new Error(reply.addresses.join());
    },
  );
  t.notThrows(() => fc.assert(property, { numRuns: 2_000 }));
});
