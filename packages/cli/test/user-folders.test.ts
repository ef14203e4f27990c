import test from "ava";
import { platformFolder, userFolder } from "../src/user-folders.ts";

test("a relative home folder counts as none", (t) => {
  t.is(userFolder({ HOME: "/home/me" }), "/home/me");
  t.is(userFolder({ HOME: "me" }), undefined);
  t.is(userFolder({ USERPROFILE: "/users/me" }), "/users/me");
});

test("state and configuration have folders of their own", (t) => {
  const place = { platform: "linux", variables: { HOME: "/home/me" } } as const;
  t.is(platformFolder("state", place), "/home/me/.local/state");
  t.is(platformFolder("configuration", place), "/home/me/.config");
  const windows = { platform: "win32", variables: { APPDATA: "R", LOCALAPPDATA: "L" } } as const;
  t.is(platformFolder("state", windows), "L");
  t.is(platformFolder("configuration", windows), "R");
});
