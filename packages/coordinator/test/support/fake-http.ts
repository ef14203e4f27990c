// Trackers that answer what the test says, when the test says.

import type { Http, HttpReply } from "@troupe/actor-runtime";

type GetOptions = Parameters<Http["get"]>[1];

/** One request under way. */
export interface Request {
  readonly url: string;
  readonly options: GetOptions;
  /** Answers with a body (latin-1 text) and status. */
  readonly reply: (body: string, status?: number) => void;
  /** Answers from this numeric address. */
  readonly replyFrom: (remoteHost: string, body: string) => void;
  readonly fail: (code: string) => void;
}

/** Every `get` waits here until the test answers it, or `respond` does. */
export class FakeHttp implements Http {
  readonly requests: Request[] = [];
  /** Address families of the trackers. */
  families: readonly number[] = [4];
  /** Called with each new request. */
  respond: (request: Request) => void = () => undefined;

  get(url: string, options: GetOptions): Promise<HttpReply> {
    if (!this.families.includes(options.family ?? 4)) return Promise.reject(missingFamily());
    return new Promise((resolve, reject) => {
      const request: Request = {
        url,
        options,
        reply: (body, status = 200) => resolve({ status, body: Buffer.from(body, "latin1"), url }),
        replyFrom: (remoteHost, body) =>
          resolve({ status: 200, body: Buffer.from(body, "latin1"), url, remoteHost }),
        fail: (code) => reject(Object.assign(new Error(`cannot get: ${code}`), { code })),
      };
      options.signal?.addEventListener("abort", () => request.fail("http-aborted"));
      this.requests.push(request);
      this.respond(request);
    });
  }

  post(url: string): Promise<HttpReply> {
    return Promise.reject(new Error(`no POST to ${url} is expected`));
  }

  /** The engine downloads no large bodies. */
  openClient(): never {
    throw new Error("no client is open here");
  }

  /** `host event` of each request so far: `one.example started`, `one.example -` for none. */
  get story(): string[] {
    return this.requests.map(({ url }) => {
      const { host, searchParams } = new URL(url);
      return `${host} ${searchParams.get("event") ?? "-"}`;
    });
  }
}

function missingFamily(): Error {
  const details = { cause: "ENOTFOUND" };
  return Object.assign(new Error("no such family"), { code: "http-failed", details });
}
