// The unit of systemd: its exposure, and a download under its user, mounts, capabilities and NoNewPrivileges. What no
// systemd applies here stands in docs/service.md.

import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { runCommand } from "../support/programs/command.ts";
import { freePort } from "../support/programs/free-port.ts";
import { runProcess, startProcess } from "../support/programs/process.ts";
import { root } from "../support/files/repository.ts";
import { shownPath } from "../support/read-only-system.ts";
import { asUnit, serviceKeys, unitPath, unitValue } from "../support/service/unit-file.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const program = [process.execPath, fileURLToPath(new URL("packages/cli/bin/troupe.mjs", root))].map(
  shownPath,
);
/** A user that no Debian has. */
const uid = 64_991;
/** No discovery, and a free port for peers. */
const alone = ["--port", "0", "--no-dht", "--no-lsd", "--no-port-mapping", "--bind", "127.0.0.1"];

/** Folders of the user, which stand for those of the unit. */
function unitFolders(path: string) {
  chmodSync(path, 0o755);
  const folders = { state: join(path, "s"), cache: join(path, "c"), data: join(path, "d") };
  for (const folder of Object.values(folders)) {
    mkdirSync(folder, { mode: 0o700 });
    chownSync(folder, uid, uid);
  }
  return folders;
}

test("systemd-analyze finds an exposure of 2.5 at most, and no key that it does not know", async (t) => {
  const path = fileURLToPath(new URL(unitPath, root));
  const words = ["security", "--offline=true", "--threshold=25", path];
  const lines = await runProcess(["systemd-analyze", ...words], { debianPackage: "systemd" });
  t.true(lines.some((line) => /Overall exposure level for troupe\.service: [012]\.\d/.test(line)));
  t.deepEqual(
    lines.filter((line) => /unknown|ignoring/i.test(line)),
    [],
  );
});

test("V8 makes machine code, and the unit does not forbid it", async (t) => {
  t.false(serviceKeys().has("MemoryDenyWriteExecute"));
  t.is(unitValue("Type"), "exec");
  t.is(unitValue("CapabilityBoundingSet"), "");
});

test("a service downloads under the user, mounts, capabilities and NoNewPrivileges of the unit", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes: 1 << 18, files: 8 << 20 });
  await swarm.seed();
  using folder = temporaryFolder("unit");
  const folders = unitFolders(folder.path);
  const [, ...words] = unitValue("ExecStart").split(" ");
  const port = await freePort();
  const placed = words.map((word) => word.replace("127.0.0.1:9091", `127.0.0.1:${port}`));
  t.true(placed.includes(`127.0.0.1:${port}`));
  const [variable = "", value = ""] = unitValue("Environment").split("=");
  const start = [...program, ...placed, ...alone];
  await using service = await startProcess([...asUnit(folders, uid), ...start], {
    environment: { [variable]: value, HOME: "/var/lib/troupe" },
  });
  await service.lineWhere("a place", (line) => line.includes("remotes connect to") || undefined);

  const torrent = join(folder.path, "job.torrent");
  writeFileSync(torrent, swarm.metainfo);
  const added = await runCommand(["add", torrent, "--state-dir", folders.state]);
  t.is(added.status, 0, added.stderr);
  await service.lineWhere("complete", (line) => /: complete \(/.test(line) || undefined);

  const file = join(folders.data, swarm.payload.paths[0] ?? "");
  t.true(readFileSync(file).equals(swarm.content));
  t.deepEqual([statSync(file).uid, statSync(file).mode & 0o777], [uid, 0o640]);
  const status = readFileSync(`/proc/${service.pid}/status`, "utf8");
  t.regex(status, /^NoNewPrivs:\t1$/m);
  for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
    t.regex(status, new RegExp(`^${set}:\t0+$`, "m"));
  t.regex(status, new RegExp(`^Uid:\t${uid}\t${uid}\t${uid}\t${uid}$`, "m"));
  const exit = await service.stop(10_000, unitValue("KillSignal") as NodeJS.Signals);
  t.is(exit.status, 0);
});

test("under the mounts of the unit nothing but its folders and /tmp is written to", async (t) => {
  using folder = temporaryFolder("unit-mounts");
  const folders = unitFolders(folder.path);
  const places = ["/var/lib/troupe", "/var/cache/troupe", "/srv/torrents", "/tmp"];
  const refused = ["/", "/srv", "/var/lib", "/etc", "/usr", "/root", "/mnt"];
  const tries = [...places, ...refused].map(
    (place) => `touch ${place}/x 2>&1 && echo wrote ${place}`,
  );
  const line = [...asUnit(folders, uid), "sh", "-c", `${tries.join("; ")}; true`];
  const lines = await runProcess(line);
  t.deepEqual(
    lines.filter((each) => each.startsWith("wrote")),
    places.map((place) => `wrote ${place}`),
  );
  // Root has the mounts too, so that permissions of files are not what refuses.
  const asRoot = [...asUnit(folders, 0), "sh", "-c", "touch /etc/x || echo refused"];
  t.regex((await runProcess(asRoot)).join("\n"), /Read-only file system\nrefused$/);
});
