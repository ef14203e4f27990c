import test from "ava";
import { securityHeaders } from "../../src/guard/response-headers.ts";

const kinds = ["page", "answer", "content"] as const;

test("no response may be framed, sniffed or read by another origin", (t) => {
  for (const kind of kinds) {
    const headers = securityHeaders(kind);
    t.like(headers, {
      "X-Content-Type-Options": "nosniff",
      "Cross-Origin-Resource-Policy": "same-origin",
      "X-Frame-Options": "DENY",
      // `no-referrer` makes a browser send `Origin: null` with a form of the page.
      "Referrer-Policy": kind === "content" ? "no-referrer" : "same-origin",
    });
    const policy = headers["Content-Security-Policy"] ?? "";
    t.regex(policy, /^(?:sandbox; )?default-src 'none';/);
    t.notRegex(policy, /unsafe-eval|\*|https?:/);
    t.false(Object.keys(headers).some((name) => name.startsWith("Access-Control-")));
  }
});

test("the page runs its own files only, and content of a torrent runs nothing", (t) => {
  const [page, , content] = kinds.map((kind) => securityHeaders(kind)["Content-Security-Policy"]);
  t.regex(page ?? "", /script-src 'self';/);
  t.notRegex(page ?? "", /unsafe/);
  t.is(content, "sandbox; default-src 'none'; media-src 'self'");
  t.is(securityHeaders("content")["Content-Disposition"], "attachment");
});

test("answers to calls stay in no cache, and content in none that callers share", (t) => {
  const caching = kinds.map((kind) => securityHeaders(kind)["Cache-Control"]);
  t.deepEqual(caching, [undefined, "no-store", "private"]);
});
