import test from "ava";
import { fileAccess } from "../../../src/api/options/file-access.ts";

const groups = "root:x:0:\nmedia:x:1234:me,you\nempty::\n";
const access = (set: Parameters<typeof fileAccess>[0]) => fileAccess(set, "linux", () => groups);

test("L15: the modes of new files and folders, and a mask for those without one", (t) => {
  t.is(access({}), undefined);
  t.deepEqual(access({ "files.mode": "0640", "files.folderMode": "2770" }), {
    fileMode: 0o640,
    folderMode: 0o2770,
  });
  t.deepEqual(access({ "files.umask": "0027" }), { fileMode: 0o640, folderMode: 0o750 });
  t.deepEqual(access({ "files.umask": "0027", "files.mode": "600" }), {
    fileMode: 0o600,
    folderMode: 0o750,
  });
});

test("L15: a group has a number, or a name in /etc/group", (t) => {
  t.deepEqual(access({ "files.group": 77 }), { group: 77 });
  t.deepEqual(access({ "files.group": "media" }), { group: 1234 });
  t.deepEqual(access({ "files.group": "root" }), { group: 0 });
  for (const name of ["nobody-knows", "empty", "media:x"]) {
    const error = t.throws(() => access({ "files.group": name }), { code: "option-out-of-range" });
    t.regex(error.message, /a group in \/etc\/group, or its number/);
  }
  t.throws(() => fileAccess({ "files.group": "media" }, "linux", () => undefined), {
    code: "option-out-of-range",
  });
});

test("L15: Windows has none of these settings", (t) => {
  t.throws(() => fileAccess({ "files.mode": "0640" }, "win32"), {
    code: "option-out-of-range",
    message: /no such setting on Windows/,
  });
  t.is(fileAccess({}, "win32"), undefined);
});
