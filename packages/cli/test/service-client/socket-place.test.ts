import test from "ava";
import { socketPlace } from "../../src/service-client/socket-place.ts";

const linux = { platform: "linux", variables: { XDG_RUNTIME_DIR: "/run/user/1000" } } as const;

test("the socket is in a folder of its own in the state folder", (t) => {
  t.is(
    socketPlace("/home/me/.local/state/troupe", linux),
    "/home/me/.local/state/troupe/service/socket",
  );
});

test("a path of more than 100 bytes goes to the runtime folder, a folder for each state folder", (t) => {
  // `/service/socket` has 15 bytes.
  const longest = `/${"é".repeat(42)}`;
  t.is(socketPlace(longest, linux), `${longest}/service/socket`);
  const places = ["x", "y"].map((end) => socketPlace(longest + end, linux) ?? "");
  for (const place of places) t.regex(place, /^\/run\/user\/1000\/troupe-[0-9a-f]{16}\/socket$/);
  t.is(new Set(places).size, 2);
});

test("without a runtime folder, and on Windows, there is no place", (t) => {
  const long = `/${"x".repeat(200)}`;
  t.is(socketPlace(long, { ...linux, variables: {} }), undefined);
  t.is(socketPlace(long, { ...linux, variables: { XDG_RUNTIME_DIR: "run" } }), undefined);
  const longRuntime = { ...linux, variables: { XDG_RUNTIME_DIR: long } };
  t.is(socketPlace(long, longRuntime), undefined);
  t.is(socketPlace("/state", { ...linux, platform: "win32" }), undefined);
});
