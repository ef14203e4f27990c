import test from "ava";
import fc from "fast-check";
import {
  decodeSocksDatagram,
  encodeSocksDatagram,
  longestSocksReplyBytes,
  SocksDialog,
  type ProxyStep,
} from "../../src/proxy/index.ts";

type Parts = ConstructorParameters<typeof SocksDialog>[0];

/** A handshake, and the bytes that it has sent in hexadecimal. */
function dialogOf(parts: Partial<Parts> = {}) {
  const sent: string[] = [];
  const dialog = new SocksDialog({
    command: "connect",
    target: { host: "192.0.2.7", port: 6_881 },
    send: (bytes) => void sent.push(Buffer.from(bytes).toString("hex")),
    ...parts,
  });
  dialog.begin();
  return { dialog, sent };
}

const login = { user: "ann", password: "pw" };
const reply = Buffer.from("05000001c00002051f90", "hex");

/** Gives bytes in pieces until a step other than `more`. */
function give(dialog: SocksDialog, bytes: Uint8Array, pieceBytes: number): ProxyStep {
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const step = dialog.receive(bytes.subarray(at, at + pieceBytes));
    if (step.kind === "more") continue;
    if (step.kind === "refused") return step;
    return { ...step, rest: Buffer.concat([step.rest, bytes.subarray(at + pieceBytes)]) };
  }
  return { kind: "more" };
}

test("a proxy without a login opens the way with two replies", (t) => {
  const { dialog, sent } = dialogOf();
  t.deepEqual(dialog.receive(Uint8Array.of(5, 0)), { kind: "more" });
  const step = dialog.receive(Buffer.concat([reply, Buffer.from("hi")]));
  t.deepEqual(sent, ["050100", "05010001c00002071ae1"]);
  t.like(step, { kind: "open", bound: { host: "192.0.2.5", port: 8_080 } });
  t.is(step.kind === "open" ? Buffer.from(step.rest).toString() : "", "hi");
});

test("user and password are offered beside no login, and sent only where the proxy asks for them", (t) => {
  const asked = dialogOf({ login });
  give(asked.dialog, Uint8Array.of(5, 2, 1, 0), 1);
  t.deepEqual(asked.sent, ["05020002", "0103616e6e027077", "05010001c00002071ae1"]);
  const unasked = dialogOf({ login });
  unasked.dialog.receive(Uint8Array.of(5, 0));
  t.deepEqual(unasked.sent, ["05020002", "05010001c00002071ae1"]);
});

test("a name and an IPv6 address go to the proxy as they are", (t) => {
  const named = dialogOf({ target: { host: "tracker.example", port: 80 } });
  named.dialog.receive(Uint8Array.of(5, 0));
  t.is(named.sent[1], `050100030f${Buffer.from("tracker.example").toString("hex")}0050`);
  const ip6 = dialogOf({ command: "udp-associate", target: { host: "::", port: 0 } });
  ip6.dialog.receive(Uint8Array.of(5, 0));
  t.is(ip6.sent[1], `05030004${"00".repeat(18)}`);
});

test("a name of more than 255 bytes is not sent", (t) => {
  const { dialog, sent } = dialogOf({ target: { host: "n".repeat(256), port: 80 } });
  t.deepEqual(dialog.receive(Uint8Array.of(5, 0)), { kind: "refused", reason: "proxy-refused" });
  t.is(sent.length, 1);
});

for (const [what, bytes, parts, reason] of [
  ["another version", [4, 0], {}, "proxy-malformed"],
  ["a method that was not offered", [5, 2], {}, "proxy-malformed"],
  ["no method, without a login", [5, 255], {}, "proxy-login"],
  ["no method, with a login", [5, 255], { login }, "proxy-refused"],
  ["a refused login", [5, 2, 1, 1], { login }, "proxy-login"],
  ["a login of another version", [5, 2, 9, 0], { login }, "proxy-malformed"],
  ["a refused target", [5, 0, 5, 2, 0, 1, 0], {}, "proxy-refused"],
  ["an unknown command", [5, 0, 5, 7, 0, 1, 0, 0, 0, 0, 0, 0], {}, "proxy-refused"],
  ["a target that refuses", [5, 0, 5, 5, 0, 1, 0, 0, 0, 0, 0, 0], {}, "ECONNREFUSED"],
  ["a target out of reach", [5, 0, 5, 4, 0, 1, 0, 0, 0, 0, 0, 0], {}, "EHOSTUNREACH"],
  ["a network out of reach", [5, 0, 5, 3, 0, 1, 0, 0, 0, 0, 0, 0], {}, "ENETUNREACH"],
  ["a target that is silent", [5, 0, 5, 6, 0, 1, 0, 0, 0, 0, 0, 0], {}, "ETIMEDOUT"],
  ["a reply of another version", [5, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0], {}, "proxy-malformed"],
  ["an unknown type of address", [5, 0, 5, 0, 0, 2, 0], {}, "proxy-malformed"],
  ["a name without bytes", [5, 0, 5, 0, 0, 3, 0, 0, 0], {}, "proxy-malformed"],
] as const) {
  test(`${what} ends the handshake as ${reason}`, (t) => {
    const padded = Buffer.concat([Uint8Array.from(bytes), new Uint8Array(20)]);
    t.deepEqual(give(dialogOf(parts).dialog, padded, 3), { kind: "refused", reason });
  });
}

test("the longest reply has 262 bytes, and no byte behind it is held", (t) => {
  const { dialog } = dialogOf();
  const name = Buffer.alloc(255, "n");
  const longest = Buffer.concat([Uint8Array.of(5, 0, 0, 3, 255), name, Uint8Array.of(0, 80)]);
  t.is(longest.length, longestSocksReplyBytes);
  const step = give(dialog, Buffer.concat([Uint8Array.of(5, 0), longest, Buffer.from("x")]), 100);
  t.like(step, { kind: "open", bound: { host: "n".repeat(255), port: 80 } });
  t.is(step.kind === "open" ? step.rest.length : -1, 1);
});

test("replies cut anywhere lead to the same end", (t) => {
  const bytes = Buffer.concat([Uint8Array.of(5, 2, 1, 0), reply, Buffer.from("payload")]);
  const whole = give(dialogOf({ login }).dialog, bytes, bytes.length);
  for (let pieceBytes = 1; pieceBytes < bytes.length; pieceBytes++) {
    const cut = give(dialogOf({ login }).dialog, bytes, pieceBytes);
    t.like(cut, { kind: "open", bound: { host: "192.0.2.5", port: 8_080 } });
    t.deepEqual(restOf(cut), restOf(whole));
  }
});

function restOf(step: ProxyStep): string {
  return step.kind === "open" ? Buffer.from(step.rest).toString() : step.kind;
}

test("a datagram comes out of its encapsulation as it went in", (t) => {
  fc.assert(
    fc.property(
      fc.oneof(fc.ipV4(), fc.constantFrom("2001:db8::7", "tracker.example")),
      fc.integer({ min: 1, max: 65_535 }),
      fc.uint8Array({ maxLength: 1_500 }),
      (host, port, payload) => {
        const encoded = encodeSocksDatagram({ host, port }, payload);
        const decoded = encoded && decodeSocksDatagram(encoded);
        t.deepEqual(decoded?.from, { host, port });
        t.is(Buffer.compare(decoded?.payload ?? new Uint8Array(), payload), 0);
      },
    ),
  );
});

test("fragments and datagrams cut in their address are dropped", (t) => {
  const sound = encodeSocksDatagram({ host: "192.0.2.7", port: 1 }, new Uint8Array());
  const whole = sound ?? new Uint8Array();
  t.is(whole.length, 10);
  for (let end = 0; end < whole.length; end++)
    t.is(decodeSocksDatagram(whole.subarray(0, end)), undefined);
  for (const at of [0, 1, 2]) t.is(decodeSocksDatagram(whole.with(at, 1)), undefined);
  t.is(encodeSocksDatagram({ host: "n".repeat(256), port: 1 }, new Uint8Array()), undefined);
});
