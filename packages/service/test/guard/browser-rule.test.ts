import test from "ava";
import fc from "fast-check";
import { anyUrl } from "../../../../test/support/any-text.ts";
import { checkBrowser, type BrowserFields } from "../../src/guard/browser-rule.ts";
import { refused } from "../support/refused.ts";

const host = { name: "attic", port: 9_090 };
const call = { route: "call", host, scheme: "http" } as const;
const navigable = { route: "navigable", host, scheme: "http" } as const;
const navigation = { secFetchMode: "navigate", secFetchDest: "document" };

test("our page and programs are allowed", (t) => {
  t.is(checkBrowser({}, call), "unnamed");
  t.is(checkBrowser({ secFetchSite: "same-origin" }, call), "unnamed");
  t.is(checkBrowser({ secFetchSite: "none" }, call), "unnamed");
  t.is(checkBrowser({ origin: "http://attic:9090" }, call), "page");
  t.is(checkBrowser({ origin: "http://ATTIC:9090", secFetchSite: "same-origin" }, call), "page");
});

test("requests of other sites are refused on every route", (t) => {
  for (const place of [call, navigable]) {
    for (const secFetchSite of ["cross-site", "same-site", "", "Same-Origin", "x"])
      refused(t, checkBrowser({ secFetchSite }, place), "origin-not-allowed", 403);
    for (const origin of [
      "null",
      "",
      "http://evil.example",
      "http://attic",
      "http://attic:9091",
      "https://attic:9090",
      "http://attic:9090.evil.example",
      "http://attic:9090/",
      "http://user@attic:9090",
      "attic:9090",
    ]) {
      refused(t, checkBrowser({ origin }, place), "origin-not-allowed", 403);
      const both = { origin, secFetchSite: "same-origin" };
      refused(t, checkBrowser(both, place), "origin-not-allowed", 403);
    }
  }
});

test("our Origin does not outweigh a Sec-Fetch-Site of another site", (t) => {
  const fields = { origin: "http://attic:9090", secFetchSite: "cross-site" };
  refused(t, checkBrowser(fields, call), "origin-not-allowed", 403);
});

test("a link of another site leads to the page's files and signed links, and to no call", (t) => {
  const fields = { ...navigation, secFetchSite: "cross-site" };
  t.is(checkBrowser(fields, navigable), "unnamed");
  t.is(checkBrowser({ ...fields, origin: "null" }, navigable), "unnamed");
  refused(t, checkBrowser(fields, call), "origin-not-allowed", 403);
});

test("a frame, a picture or a script of another site gets no file", (t) => {
  const others: readonly BrowserFields[] = [
    { secFetchMode: "navigate", secFetchDest: "iframe" },
    { secFetchMode: "no-cors", secFetchDest: "image" },
    { secFetchMode: "cors", secFetchDest: "empty" },
    { secFetchMode: "navigate" },
    {},
  ];
  for (const fields of others) {
    const result = checkBrowser({ ...fields, secFetchSite: "cross-site" }, navigable);
    refused(t, result, "origin-not-allowed", 403);
  }
});

test("the usual port may be written or not", (t) => {
  const secure = { route: "call", scheme: "https" } as const;
  const [bare, full] = [undefined, 443].map((port) => ({ name: "seedbox.example", port }));
  for (const place of [bare, full]) {
    if (place === undefined) continue;
    for (const origin of ["https://seedbox.example", "https://seedbox.example:443"])
      t.is(checkBrowser({ origin }, { ...secure, host: place }), "page");
    const plain = { origin: "http://seedbox.example" };
    refused(t, checkBrowser(plain, { ...secure, host: place }), "origin-not-allowed", 403);
  }
});

test("an IPv6 address is an Origin in brackets", (t) => {
  const place = { ...call, host: { name: "::1", port: 9_090 } };
  t.is(checkBrowser({ origin: "http://[::1]:9090" }, place), "page");
  const { message } = refused(
    t,
    checkBrowser({ origin: "null" }, place),
    "origin-not-allowed",
    403,
  );
  t.true(message.includes("http://[::1]:9090"), message);
});

test("no other text is our Origin", (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), anyUrl()), (origin) => {
      refused(t, checkBrowser({ origin }, call), "origin-not-allowed", 403);
    }),
  );
});
