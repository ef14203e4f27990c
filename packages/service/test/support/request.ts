import type {
  RequestBody,
  RequestLogins,
  Route,
  ServiceRequest,
  ServiceResponse,
} from "../../src/routes/route.ts";
import type { ServiceCalls } from "../../src/routes/service-calls.ts";
import { noLogins } from "./no-logins.ts";
import { noSecrets } from "./no-secrets.ts";

/** A request in the words of a test. */
interface AskedRequest {
  /** With its query: `/metrics?x=1`. */
  readonly url: string;
  readonly body?: RequestBody;
  /** By lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly logins?: Partial<RequestLogins>;
  readonly base?: string;
}

/** Answers a request as a route does. */
export async function answerOf(
  route: Route,
  calls: ServiceCalls,
  { url, body = { kind: "none" }, headers = {}, logins = {}, base }: AskedRequest,
): Promise<ServiceResponse> {
  const { pathname, searchParams } = new URL(url, "http://service.test");
  const request: ServiceRequest = {
    method: route.method,
    path: pathname,
    query: searchParams,
    base: base ?? "http://service.test",
    linkExpires: undefined,
    header: (name) => headers[name],
    body,
    calls,
    logins: { ...noLogins, ...logins },
    secrets: noSecrets,
  };
  return await route.answer(request);
}

/** The value of a response with JSON. */
export function jsonOf({ body }: ServiceResponse): Readonly<Record<string, unknown>> {
  if (typeof body !== "string") throw new Error("the response has no text");
  return JSON.parse(body) as Readonly<Record<string, unknown>>;
}
