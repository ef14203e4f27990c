import test from "ava";
import { ConnectDialog, longestConnectReplyBytes, type ProxyStep } from "../../src/proxy/index.ts";

type Parts = ConstructorParameters<typeof ConnectDialog>[0];

function dialogOf(parts: Partial<Parts> = {}) {
  const sent: string[] = [];
  const dialog = new ConnectDialog({
    target: { host: "tracker.example", port: 443 },
    send: (bytes) => void sent.push(Buffer.from(bytes).toString("latin1")),
    ...parts,
  });
  dialog.begin();
  return { dialog, sent };
}

const established = "HTTP/1.0 200 Connection established\r\nproxy-agent: x\r\n\r\n";

function give(text: string, pieceBytes = text.length): ProxyStep {
  const { dialog } = dialogOf();
  const bytes = Buffer.from(text, "latin1");
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const step = dialog.receive(bytes.subarray(at, at + pieceBytes));
    if (step.kind === "refused") return step;
    if (step.kind === "open")
      return { ...step, rest: Buffer.concat([step.rest, bytes.subarray(at + pieceBytes)]) };
  }
  return { kind: "more" };
}

test("CONNECT names the target, and the login where there is one", (t) => {
  t.deepEqual(dialogOf().sent, [
    "CONNECT tracker.example:443 HTTP/1.1\r\nhost: tracker.example:443\r\n\r\n",
  ]);
  const login = { user: "ann", password: "p:w" };
  t.deepEqual(dialogOf({ login, target: { host: "2001:db8::7", port: 6_881 } }).sent, [
    "CONNECT [2001:db8::7]:6881 HTTP/1.1\r\nhost: [2001:db8::7]:6881\r\nproxy-authorization: Basic YW5uOnA6dw==\r\n\r\n",
  ]);
});

test("a reply cut anywhere opens the way, and the bytes behind it are the target's", (t) => {
  const text = `${established}payload`;
  for (let pieceBytes = 1; pieceBytes <= text.length; pieceBytes++) {
    const step = give(text, pieceBytes);
    t.is(step.kind, "open");
    t.is(step.kind === "open" ? Buffer.from(step.rest).toString() : "", "payload");
  }
});

for (const [status, reason] of [
  ["403 Access denied", "proxy-refused"],
  ["401 Unauthorized", "proxy-login"],
  ["407 Proxy Authentication Required", "proxy-login"],
  ["500 Unable to connect", "proxy-refused"],
  ["502 Bad Gateway", "EHOSTUNREACH"],
  ["504", "EHOSTUNREACH"],
  ["302 Found", "proxy-refused"],
  ["20 Odd", "proxy-malformed"],
] as const) {
  test(`the status ${status} ends the handshake as ${reason}`, (t) => {
    t.deepEqual(give(`HTTP/1.1 ${status}\r\nx: y\r\n\r\n`, 7), { kind: "refused", reason });
  });
}

test("another protocol is refused at its first bytes", (t) => {
  t.deepEqual(give("SSH-2.0"), { kind: "refused", reason: "proxy-malformed" });
  t.deepEqual(give("HT"), { kind: "more" });
});

test("a head of more than 8 KiB is refused, however it comes", (t) => {
  const endless = `HTTP/1.1 200 OK\r\nx: ${"y".repeat(longestConnectReplyBytes)}\r\n\r\n`;
  for (const pieceBytes of [1_000, endless.length])
    t.deepEqual(give(endless, pieceBytes), { kind: "refused", reason: "proxy-malformed" });
});
