import test from "ava";
import { decodeHolepunch, encodeHolepunch, type HolepunchMessage } from "../../src/peer/index.ts";
import { refuses } from "../support/refusals.ts";

const hex = (message: HolepunchMessage): string =>
  Buffer.from(encodeHolepunch(7, message) ?? []).toString("hex");

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

test("messages are spelled as BEP 55 spells them, with 12 and 24 bytes", (t) => {
  const address = { host: "1.2.3.4", port: 6_881 };
  const head = "0000000e1407";
  t.is(hex({ kind: "rendezvous", ...address }), `${head}0000010203041ae100000000`);
  t.is(hex({ kind: "connect", ...address }), `${head}0100010203041ae100000000`);
  t.is(hex({ kind: "error", ...address, code: 3 }), `${head}0200010203041ae100000003`);
  t.is(
    hex({ kind: "connect", host: "2001:db8::1", port: 80 }),
    "0000001a1407010120010db8000000000000000000000001005000000000",
  );
  t.is(encodeHolepunch(7, { kind: "connect", host: "peer.example", port: 80 }), undefined);
});

test("a message is read as it was written, and also without its code", (t) => {
  for (const host of ["1.2.3.4", "2001:db8::1"]) {
    const messages: HolepunchMessage[] = [
      { kind: "rendezvous", host, port: 65_535 },
      { kind: "connect", host, port: 0 },
      { kind: "error", host, port: 1, code: 4_000_000_000 },
    ];
    for (const message of messages) {
      const payload = encodeHolepunch(1, message)?.subarray(6) ?? new Uint8Array(0);
      t.deepEqual(decodeHolepunch(payload), message);
      const short = message.kind === "error" ? { ...message, code: 0 } : message;
      t.deepEqual(decodeHolepunch(payload.subarray(0, -4)), short);
    }
  }
});

test("a mapped address is read as IPv4", (t) => {
  const payload = bytesOf("010100000000000000000000ffff010203041ae1");
  t.deepEqual(decodeHolepunch(payload), { kind: "connect", host: "1.2.3.4", port: 6_881 });
});

test("an unknown kind or family, and a code outside an error, are no message", (t) => {
  t.is(decodeHolepunch(bytesOf("0300010203041ae1")), undefined);
  t.is(decodeHolepunch(bytesOf(`0102${"00".repeat(18)}`)), undefined);
  for (const kind of ["00", "01"])
    t.is(decodeHolepunch(bytesOf(`${kind}00010203041ae100000001`)), undefined);
});

test("a message of any other length is refused", (t) => {
  for (const lengthBytes of [0, 1, 2, 7, 9, 11, 13, 20, 24])
    refuses(t, "frame-wrong-length", () => decodeHolepunch(new Uint8Array(lengthBytes)));
  const of6 = Uint8Array.of(0, 1);
  for (const lengthBytes of [2, 8, 12, 19, 21, 23, 25]) {
    const payload = new Uint8Array(lengthBytes);
    payload.set(of6);
    refuses(t, "frame-wrong-length", () => decodeHolepunch(payload));
  }
});
