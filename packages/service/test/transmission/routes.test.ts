import { noLogins } from "../support/no-logins.ts";
import { noSecrets } from "../support/no-secrets.ts";
import { jsonOf } from "../support/request.ts";
import test from "ava";
import type { RequestBody, ServiceRequest, ServiceResponse } from "../../src/routes/route.ts";
import { transmissionRoutes } from "../../src/transmission/routes.ts";
import { TransmissionService } from "../support/transmission.ts";

const call: RequestBody = {
  kind: "json",
  value: { method: "session-get", arguments: { fields: ["rpc-version"] } },
};

/** Sends a request to the route of a method and a path. */
async function respond(
  method: string,
  body: RequestBody,
  { id, path = "/transmission/rpc" }: { readonly id?: string; readonly path?: string } = {},
): Promise<ServiceResponse> {
  const { calls, ports } = new TransmissionService();
  const routes = transmissionRoutes(ports);
  const route = routes.find((each) => each.method === method && each.path === path);
  const request: ServiceRequest = {
    method,
    path,
    query: new URLSearchParams(),
    ...{ base: "http://service.test", linkExpires: undefined },
    header: (name) => (name === "x-transmission-session-id" ? id : undefined),
    body,
    calls,
    logins: noLogins,
    secrets: noSecrets,
  };
  if (route === undefined) throw new Error(`there is no route of ${method} ${path}`);
  return await route.answer(request);
}

const id = "present-id";

test("a request without the session id gets 409, the id and the version, for GET too", async (t) => {
  for (const method of ["GET", "POST"])
    for (const wrong of [{}, { id: "another" }]) {
      const { status, headers } = await respond(method, call, wrong);
      t.is(status, 409);
      t.like(headers, {
        "X-Transmission-Session-Id": id,
        "X-Transmission-Rpc-Version": "6.0.1",
      });
    }
});

test("a GET with the session id gets 405", async (t) => {
  const { status, headers } = await respond("GET", { kind: "none" }, { id });
  t.is(status, 405);
  t.is(headers?.["Allow"], "POST");
});

test("a POST with the session id is answered on both paths", async (t) => {
  for (const path of ["/transmission/rpc", "/transmission/rpc/"]) {
    const { status, headers, body } = await respond("POST", call, { id, path });
    t.is(status, 200);
    t.is(headers?.["Content-Type"], "application/json; charset=UTF-8");
    t.is(body, '{"arguments":{"rpc-version":19},"result":"success"}');
  }
});

test("a notification gets 204 without a body", async (t) => {
  const value = { jsonrpc: "2.0", method: "session_stats" };
  t.deepEqual(await respond("POST", { kind: "json", value }, { id }), { status: 204 });
});

test("a body that is no JSON is answered with an error", async (t) => {
  for (const body of [{ kind: "none" }, { kind: "form", fields: [] }] as const) {
    const response = await respond("POST", body, { id });
    t.is(response.status, 200);
    t.like(jsonOf(response), { error: { code: -32_600 } });
  }
});
