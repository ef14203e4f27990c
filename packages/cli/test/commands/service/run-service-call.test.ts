import test from "ava";
import { call, serviceScene } from "../../support/service-calls.ts";
import { notRunning, rowOf } from "../../support/fake-service.ts";

test("without a service a call ends with 1, its code and the command that starts one", async (t) => {
  const { service, environment } = serviceScene();
  service.listFailure = notRunning();
  const { code, err, events } = await call(environment, "list", "--json");
  t.is(code, 1);
  t.is(err, "troupe: no service is running [no-service]\n");
  t.deepEqual(events, [
    { event: "error", infoHash: null, code: "no-service", message: "no service is running" },
  ]);
});

test("the service is that of the state folder of the settings", async (t) => {
  const { environment } = serviceScene();
  environment.variables = { HOME: "/home/me", TROUPE_STATE_DIRECTORY: "/mine" };
  await call(environment, "list");
  t.like(environment.targets, [{ kind: "socket", path: "/mine/service/socket" }]);
});

test("the variables of the service are no unknown settings", async (t) => {
  const { environment } = serviceScene([rowOf("1", 1)]);
  environment.variables = { HOME: "/h", TROUPE_URL: "http://h:1", TROUPE_TOKEN: "t" };
  const { err } = await call(environment, "list");
  t.is(err, "");
  t.deepEqual(environment.targets, [{ kind: "url", base: "http://h:1", token: "t" }]);
});

test("a stop ends a call with 130", async (t) => {
  const { service, environment } = serviceScene();
  service.torrents = async () => {
    environment.askToStop();
    throw new Error("aborted");
  };
  t.is((await call(environment, "list")).code, 130);
});
