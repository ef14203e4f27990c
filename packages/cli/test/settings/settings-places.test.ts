import test from "ava";
import { settingsPath } from "../../src/settings/settings-places.ts";

const variables = { HOME: "/home/me" };

test("the settings file is in the platform's configuration folder", (t) => {
  const at = (platform: NodeJS.Platform, given: Record<string, string>) =>
    settingsPath(undefined, { platform, variables: given, currentFolder: "/here" });
  t.is(at("linux", variables), "/home/me/.config/troupe/settings.yaml");
  t.is(at("linux", { ...variables, XDG_CONFIG_HOME: "/etc/xdg" }), "/etc/xdg/troupe/settings.yaml");
  const mac = "/home/me/Library/Application Support/troupe/settings.yaml";
  t.is(at("darwin", variables), mac);
  t.is(at("linux", {}), undefined);
});
