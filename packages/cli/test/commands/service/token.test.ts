import test from "ava";
import { call, serviceScene } from "../../support/service-calls.ts";

const token = { id: "0123456789abcdef", name: "phone", right: "read" } as const;

test("a new token is printed alone, for a file or a variable", async (t) => {
  const { service, environment } = serviceScene();
  const { out } = await call(environment, "token", "create", "phone", "--right", "control");
  t.is(out, "troupe_phone\n");
  t.deepEqual(service.tokenRows, [{ id: "id-phone", name: "phone", right: "control" }]);
});

test("tokens are listed without their secrets", async (t) => {
  const { service, environment } = serviceScene();
  service.tokenRows = [token];
  t.is((await call(environment, "token", "list")).out, "0123456789abcdef\tread\tphone\n");
  const terminal = serviceScene();
  terminal.service.tokenRows = [token];
  terminal.environment.stdout.isTTY = true;
  t.is(
    (await call(terminal.environment, "token", "list")).out,
    "id                right  name\n0123456789abcdef  read   phone\n",
  );
  const json = serviceScene();
  json.service.tokenRows = [token];
  const { events } = await call(json.environment, "token", "list", "--json");
  t.deepEqual(events, [{ event: "token", infoHash: null, ...token }]);
});

test("a token is revoked by its name or its id", async (t) => {
  for (const word of ["phone", "0123456789abcdef"]) {
    const { service, environment } = serviceScene();
    service.tokenRows = [token];
    // oxlint-disable-next-line no-await-in-loop
    const { out } = await call(environment, "token", "revoke", word);
    t.is(out, "phone: revoked\n");
    t.deepEqual(service.tokenRows, []);
  }
});

test("a token that is not there is an error", async (t) => {
  const { code, err } = await call(serviceScene().environment, "token", "revoke", "phone");
  t.is(code, 1);
  t.regex(err, /no token with the name or the id phone \[token-unknown\]/);
});
