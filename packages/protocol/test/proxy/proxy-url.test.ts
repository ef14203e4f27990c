import test from "ava";
import { parseProxyUrl, proxyText } from "../../src/proxy/index.ts";
import { refuses } from "../support/refusals.ts";

test("an address has a protocol, a host, a port and perhaps a login", (t) => {
  t.deepEqual(parseProxyUrl("socks5://192.0.2.7:9050"), {
    protocol: "socks5",
    host: "192.0.2.7",
    port: 9_050,
  });
  t.deepEqual(parseProxyUrl("HTTP://Ann:p%40%3Aw@Proxy.Example:3128/"), {
    protocol: "http",
    host: "proxy.example",
    port: 3_128,
    login: { user: "Ann", password: "p@:w" },
  });
  t.deepEqual(parseProxyUrl("socks5://ann@[2001:DB8::7]"), {
    protocol: "socks5",
    host: "2001:db8::7",
    port: 1_080,
    login: { user: "ann", password: "" },
  });
  t.is(parseProxyUrl("http://proxy.example").port, 80);
});

test("an address that cannot be read is refused without a part of it in the error", (t) => {
  for (const text of [
    "",
    "secret",
    "secret@host:1080",
    "socks4://secret@host:1080",
    "https://u:secret@host",
    "socks5://u:secret@",
    "socks5://u:secret@host:0",
    "socks5://u:secret@host:65536",
    "socks5://u:secret@host:1080/path",
    "socks5://u:secret@host:1080?query",
    "socks5://u:secret@x@host:1080",
    "socks5://:secret@host",
    "socks5://u:%zzsecret@host",
    "socks5://u:secret@[192.0.2.7]:1080",
    "socks5://u:secret@2001:db8::7",
    `socks5://u:${"secret".repeat(43)}@host`,
  ]) {
    const error = refuses(t, "proxy-url-malformed", () => parseProxyUrl(text));
    t.false(JSON.stringify([error.message, error.details]).includes("secret"), text);
  }
});

test("a proxy is shown without its login", (t) => {
  t.is(
    proxyText(parseProxyUrl("socks5://ann:secret@[2001:db8::7]")),
    "socks5://[2001:db8::7]:1080",
  );
  t.is(proxyText(parseProxyUrl("http://ann:secret@proxy.example")), "http://proxy.example:80");
});
