// How every implementation of HTTP chooses a family, real or simulated.

import type { ExecutionContext, TestFn } from "ava";

import type { Http } from "../../../src/index.ts";

/** An HTTP client beside a server that answers `IPv4` or `IPv6`, the family of the request. */
export interface HttpFamilyBench {
  readonly http: Http;
  /** The server's URL by a name with these addresses. `/away` redirects to a name that has only an IPv4 address. */
  readonly urlOf: (families: "both" | "four") => string;
  readonly settle: <Value>(promise: Promise<Value>) => Promise<Value>;
}

const limits = { deadlineMs: 20_000, maxBodyBytes: 1000 };

/** Declares the tests. */
export function httpFamilySuite(
  test: TestFn,
  benchOf: (t: ExecutionContext) => Promise<HttpFamilyBench>,
): void {
  test("a request of a family reaches an address of that family", async (t) => {
    const { http, urlOf, settle } = await benchOf(t);
    for (const family of [4, 6] as const) {
      const reply = await settle(http.get(`${urlOf("both")}/`, { ...limits, family }));
      t.is(new TextDecoder().decode(reply.body), `IPv${family}`);
      t.is(reply.remoteHost?.includes(":"), family === 6);
    }
  });

  test("a request fails if a host has no address of its family, also after a redirect", async (t) => {
    const { http, urlOf, settle } = await benchOf(t);
    const notFound = { code: "http-failed", details: { cause: "ENOTFOUND" } };
    for (const url of [`${urlOf("four")}/`, `${urlOf("both")}/away`]) {
      const reply = await settle(http.get(url, { ...limits, family: 4 }));
      t.is(new TextDecoder().decode(reply.body), "IPv4");
      const error = await t.throwsAsync(settle(http.get(url, { ...limits, family: 6 })));
      t.like(error, notFound);
    }
  });
}
