import test from "ava";
import { readSetting } from "../../src/settings/read-setting.ts";
import { settingOfKey } from "../../src/settings/setting-keys.ts";

function read(key: string, value: unknown, home: string | undefined = "/home/me"): unknown {
  const setting = settingOfKey(key);
  if (setting === undefined) throw new Error(`bug: no setting ${key}`);
  return readSetting(setting, value, { path: [key], folder: "/etc/troupe", home });
}

test("a path begins in the home folder after ~/, else in the folder of its file", (t) => {
  t.is(read("directory", "~/data"), "/home/me/data");
  t.is(read("directory", "~"), "/home/me");
  t.is(read("directory", "~other"), "/etc/troupe/~other");
  t.is(read("directory", "data"), "/etc/troupe/data");
  t.is(read("directory", "/data"), "/data");
});

test("without a home folder ~ is a name", (t) => {
  const setting = settingOfKey("directory");
  t.truthy(setting);
  if (setting === undefined) return;
  const origin = { path: ["directory"], folder: "/etc/troupe", home: undefined };
  t.is(readSetting(setting, "~/data", origin), "/etc/troupe/~/data");
});

test("one text lists several values with commas between them", (t) => {
  t.deepEqual(read("bind", "127.0.0.1, ::1"), ["127.0.0.1", "::1"]);
  t.deepEqual(read("limits.schedule", "08:00-18:00=500k/0,18:00-20:00=0/1M"), [
    { from: "08:00", to: "18:00", down: 500 << 10, up: 0 },
    { from: "18:00", to: "20:00", down: 0, up: 1 << 20 },
  ]);
});

test("an alternative is chosen by its kind", (t) => {
  t.is(read("dht", "false"), false);
  t.is(read("uploadSlots", "all"), "all");
  t.is(read("uploadSlots", "12"), 12);
  t.deepEqual(read("port", [1, 2]), [1, 2]);
  t.is(read("port", 1), 1);
});

test("a list has its bounds", (t) => {
  const many = Array.from({ length: 201 }, () => "udp://t.example:1");
  t.throws(() => read("trackers", many), {
    message: "trackers is a list of 201; allowed is 200 at most",
  });
  t.throws(() => read("port", []), { message: "port is a list of 0; allowed is 1 to 65536" });
});
