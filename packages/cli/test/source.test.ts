import test from "ava";
import { stateFolder } from "../src/source.ts";

const place = (platform: NodeJS.Platform, environment: Record<string, string>) => ({
  platform,
  variables: environment,
  currentFolder: "/here",
});

test("a given state folder is resolved from the current folder", (t) => {
  const here = place("linux", { HOME: "/home/me" });
  t.is(stateFolder("S", here), "/here/S");
  t.is(stateFolder("/var/S", here), "/var/S");
});

test("on Linux the state folder is that of the XDG specification", (t) => {
  t.is(
    stateFolder(undefined, place("linux", { HOME: "/home/me" })),
    "/home/me/.local/state/troupe",
  );
  const set = { HOME: "/home/me", XDG_STATE_HOME: "/state" };
  t.is(stateFolder(undefined, place("linux", set)), "/state/troupe");
  const relative = { HOME: "/home/me", XDG_STATE_HOME: "state" };
  t.is(stateFolder(undefined, place("linux", relative)), "/home/me/.local/state/troupe");
});

test("on macOS the state folder is in the user's library", (t) => {
  const mac = place("darwin", { HOME: "/Users/me" });
  t.is(stateFolder(undefined, mac), "/Users/me/Library/Application Support/troupe");
});

test("without a home there is no state folder", (t) => {
  for (const platform of ["linux", "darwin", "win32"] as const) {
    t.is(stateFolder(undefined, place(platform, {})), undefined);
  }
});
