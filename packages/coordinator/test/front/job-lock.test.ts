import test, { type ExecutionContext } from "ava";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { jobLock } from "../../src/front/job-lock.ts";

const infoHash = "0123456789abcdef0123456789abcdef01234567";
const onLinux = process.platform === "linux" ? test : test.skip;

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "job-lock-"));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

onLinux("a job is held once, and free again after its release", async (t) => {
  const directory = await folder(t);
  const [one, two] = [jobLock({ infoHash, directory }), jobLock({ infoHash, directory })];
  await one.take();
  await one.take();
  t.true(one.isHeld);
  await t.throwsAsync(two.take(), { code: "already-running", message: /it is running there/ });
  t.false(two.isHeld);
  await one.release();
  await one.release();
  await two.take();
  t.true(two.isHeld);
  await two.release();
});

onLinux("other torrents and other folders are other jobs", async (t) => {
  const directory = await folder(t);
  const locks = [
    jobLock({ infoHash, directory }),
    jobLock({ infoHash: "f".repeat(40), directory }),
    jobLock({ infoHash, directory: join(directory, "other") }),
  ];
  await t.notThrowsAsync(Promise.all(locks.map((lock) => lock.take())));
  await Promise.all(locks.map((lock) => lock.release()));
});

onLinux("a folder is the same whatever its name, also before it exists", async (t) => {
  const directory = await folder(t);
  await mkdir(join(directory, "real"));
  await symlink(join(directory, "real"), join(directory, "link"));
  const first = jobLock({ infoHash, directory: join(directory, "real", "new") });
  await first.take();
  const second = jobLock({ infoHash, directory: join(directory, "link", "..", "link", "new") });
  await t.throwsAsync(second.take(), { code: "already-running" });
  await first.release();
});

onLinux("takes and releases that overlap go one after the other", async (t) => {
  const lock = jobLock({ infoHash, directory: await folder(t) });
  await Promise.all([lock.take(), lock.release(), lock.take(), lock.take()]);
  t.true(lock.isHeld);
  await lock.release();
});

onLinux("a process that is killed holds nothing any more", async (t) => {
  const directory = await folder(t);
  const source = new URL("../../src/front/job-lock.ts", import.meta.url).href;
  const script = `
    const { jobLock } = await import(${JSON.stringify(source)});
    await jobLock(${JSON.stringify({ infoHash, directory })}).take();
    console.log("held");
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => child.kill("SIGKILL"));
  for await (const line of createInterface({ input: child.stdout })) {
    t.is(line, "held");
    break;
  }
  const lock = jobLock({ infoHash, directory });
  await t.throwsAsync(lock.take(), { code: "already-running" });
  child.kill("SIGKILL");
  await once(child, "exit");
  await lock.take();
  await lock.release();
});

test("where there are no such sockets nobody is kept away", async (t) => {
  const directory = await folder(t);
  const locks = [
    jobLock({ infoHash, directory }, "darwin"),
    jobLock({ infoHash, directory }, "win32"),
  ];
  await Promise.all(locks.map((lock) => lock.take()));
  t.true(locks.every((lock) => lock.isHeld));
  await Promise.all(locks.map((lock) => lock.release()));
});
