import test from "ava";
import { withoutSecrets } from "../src/without-secrets.ts";

const key = "0123456789abcdef";

test("L23: of a URL the scheme and the host are shown", (t) => {
  const urls: readonly (readonly [string, string])[] = [
    [`http://t.example/${key}/announce`, "http://t.example/…"],
    [`http://t.example:8080/announce?passkey=${key}`, "http://t.example:8080/…"],
    [`https://user:${key}@t.example/`, "https://t.example/"],
    [`udp://t.example:80/${key}`, "udp://t.example:80/…"],
    [`HTTP://t.example?${key}`, "HTTP://t.example/…"],
    [`http://t.example/a b ${key}`, "http://t.example/…"],
    [` http://t.example/${key}`, " http://t.example/…"],
    [`http://[2001:db8::1]:80/${key}`, "http://[2001:db8::1]:80/…"],
    ["http://t.example", "http://t.example"],
  ];
  for (const [url, shown] of urls) t.is<string, string>(withoutSecrets(url), shown);
});

test("a URL in a sentence loses its path, and the sentence stays", (t) => {
  const sentence = `cannot fetch http://a.test/${key}: no answer from udp://u:${key}@b.test/${key} yet`;
  t.is(withoutSecrets(sentence), "cannot fetch http://a.test/… no answer from udp://b.test/… yet");
});

test("the addresses of a magnet link lose their paths, and its other parameters stay", (t) => {
  const tracker = encodeURIComponent(`http://t.example/${key}/announce`);
  const link = `magnet:?xt=urn:btih:${"a".repeat(40)}&dn=a%20name&tr=${tracker}&tr.1=${tracker}&ws=${tracker}&xs=${key}&as=%E0%A4%A&x.pe=8.8.8.8:1`;
  const shown = encodeURIComponent("http://t.example/…");
  t.is(
    withoutSecrets(link),
    `magnet:?xt=urn:btih:${"a".repeat(40)}&dn=a%20name&tr=${shown}&tr.1=${shown}&ws=${shown}&xs=…&as=…&x.pe=8.8.8.8:1`,
  );
  t.is(withoutSecrets("magnet:"), "magnet:");
});

test("every text of a value is masked, and the value itself is not changed", (t) => {
  const value = { trackers: [[`http://t.example/${key}`]], name: "a film", peers: 7, error: null };
  const copy = structuredClone(value);
  t.deepEqual(withoutSecrets(value), { ...value, trackers: [["http://t.example/…"]] });
  t.deepEqual(value, copy);
});
