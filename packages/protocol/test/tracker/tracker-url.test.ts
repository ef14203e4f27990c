import test from "ava";
import { checkTrackerUrl } from "../../src/tracker/index.ts";

for (const [text, url] of [
  ["http://tracker.example/announce", "http://tracker.example/announce"],
  [" https://tracker.example:8443/a?passkey=1|2\n", "https://tracker.example:8443/a?passkey=1|2"],
  ["HTTP://Tracker.Example/A", "HTTP://Tracker.Example/A"],
  ["udp://tracker.example:6969/announce", "udp://tracker.example:6969/announce"],
  ["http://127.0.0.1:6969/announce", "http://127.0.0.1:6969/announce"],
  ["http://[::1]:6969/announce", "http://[::1]:6969/announce"],
  ["http://tracker.example/ö", "http://tracker.example/%C3%B6"],
] as const) {
  test(`the tracker ${JSON.stringify(text)} is used`, (t) => {
    t.deepEqual(checkTrackerUrl(text), { url });
  });
}

for (const [text, refused] of [
  ["file:///etc/passwd", "is not http, https or udp"],
  ["javascript:alert(1)", "is not http, https or udp"],
  ["wss://tracker.example", "is not http, https or udp"],
  ["ftp://tracker.example", "is not http, https or udp"],
  ["http://user:pass@tracker.example/", "names a user"],
  ["http://tracker.example@evil.example/", "names a user"],
  ["http://:pass@tracker.example/", "names a user"],
  ["udp://a@tracker.example:80", "names a user"],
  ["http://xn--e1afmkfd.example/", "has an international host name"],
  ["http://аpple.example/", "has an international host name"],
  ["udp://аpple.example:80", "has an international host name"],
  ["", "is no URL"],
  ["tracker.example", "is no URL"],
  ["http://", "is no URL"],
  ["udp:///x", "is no URL"],
  ["http://a b/", "is no URL"],
  ["http://tracker.example/\u001b[2J", "is no URL"],
  ["ht\ntp://tracker.example/", "is no URL"],
  [`http://tracker.example/${"a".repeat(2_048)}`, "is no URL"],
] as const) {
  test(`case 27: the tracker ${JSON.stringify(text.slice(0, 50))} ${refused}`, (t) => {
    t.deepEqual(checkTrackerUrl(text), { refused });
  });
}

test("case 27: the bound holds for the ASCII form of an address too", (t) => {
  const long = `http://t.example/${"\u20ac".repeat(1_000)}`;
  t.deepEqual(checkTrackerUrl(long), { refused: "is no URL" });
  const short = checkTrackerUrl(`http://t.example/${"\u20ac".repeat(200)}`);
  t.true("url" in short && short.url.length <= 2_048);
});
