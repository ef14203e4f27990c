import test, { type ExecutionContext } from "ava";
import { existsSync, readdirSync, statSync } from "node:fs";
import { chmod, mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TroupeError } from "@troupe/control";
import type { TorrentKey } from "@troupe/protocol/identity";
import { jobLock, type JobLock } from "../../../src/api/lock/job-lock.ts";
import { LockKeepers } from "../../../src/api/lock/lock-keepers.ts";
import { LockProgram } from "../../support/lock-holder.ts";

const keyOf = (text: string) => text as TorrentKey;
const key = keyOf("0123456789abcdef0123456789abcdef01234567");
const lockFile = join(".troupe", `${key}.lock`);
const onLinux = process.platform === "linux" ? test : test.skip;
/** Namespaces and other users are for root alone. */
const asRoot = process.getuid?.() === 0 ? onLinux : test.skip;
const asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];
const inOtherNetwork = ["unshare", "--net", "--"];

const newFolder = async (): Promise<string> =>
  await realpath(await mkdtemp(join(tmpdir(), "job-lock-")));

async function folder(t: ExecutionContext): Promise<string> {
  const made = await newFolder();
  t.teardown(() => rm(made, { recursive: true, force: true }));
  return made;
}

let program: LockProgram;
test.before(async () => {
  program = await LockProgram.make();
});
test.after.always(() => program[Symbol.asyncDispose]());

/** The keepers of all tests that need one coordinator. A lock outside of the tests keeps their thread. */
const shared = new LockKeepers(100);
let elsewhere = "";
test.before(async () => {
  elsewhere = await newFolder();
  await coordinator()(elsewhere).take();
});
test.after.always(async () => {
  await shared.close();
  await rm(elsewhere, { recursive: true, force: true });
});

type LockIn = (directory: string, changes?: { makesFolder?: boolean; key?: TorrentKey }) => JobLock;

/** Locks of one coordinator. On `darwin` they have no sockets: the files alone lock. */
function coordinator(platform: NodeJS.Platform = "darwin", keepers = shared): LockIn {
  return (directory, changes = {}) =>
    jobLock({ key, directory, makesFolder: true, ...changes }, keepers, platform);
}

/** Locks of another coordinator of this process. */
function otherCoordinator(t: ExecutionContext, platform?: NodeJS.Platform): LockIn {
  const keepers = new LockKeepers(100);
  t.teardown(() => keepers.close());
  return coordinator(platform, keepers);
}

for (const platform of ["linux", "darwin"] as const) {
  onLinux(`the lock of a job is held once, and free after its release (${platform})`, async (t) => {
    const directory = await folder(t);
    const lockIn = coordinator(platform);
    const [one, two] = [lockIn(directory), lockIn(directory)];
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
    t.deepEqual(readdirSync(directory), [], "nothing is left behind");
  });

  onLinux(`two coordinators of one process exclude each other (${platform})`, async (t) => {
    const directory = await folder(t);
    const one = coordinator(platform)(directory);
    const two = otherCoordinator(t, platform)(directory);
    await one.take();
    await t.throwsAsync(two.take(), { code: "already-running" });
    await t.throwsAsync(
      two.take(),
      { code: "already-running" },
      "the first refusal changed nothing",
    );
    await one.release();
    await two.take();
    await two.release();
  });
}

onLinux("other torrents and other folders are other jobs", async (t) => {
  const directory = await folder(t);
  await mkdir(join(directory, "other"));
  const lockIn = coordinator("linux");
  const locks = [
    lockIn(directory),
    lockIn(directory, { key: keyOf("f".repeat(40)) }),
    lockIn(join(directory, "other")),
  ];
  await t.notThrowsAsync(Promise.all(locks.map((lock) => lock.take())));
  await Promise.all(locks.map((lock) => lock.release()));
});

onLinux("each of many locks in a folder holds until its own release", async (t) => {
  const directory = await folder(t);
  const lockIn = coordinator();
  const hashes = Array.from({ length: 12 }, (_, at) => at.toString(16).repeat(40));
  const locks = hashes.map((hash) => lockIn(directory, { key: keyOf(hash) }));
  for (const lock of locks) await lock.take();
  const outcomesElsewhere = async (): Promise<string[]> => {
    await using holder = program.holder(directory);
    const outcomes: string[] = [];
    for (const at of [0, 5, 11]) outcomes.push(await holder.take(hashes[at] ?? ""));
    return outcomes;
  };
  const refused = "already-running";
  t.deepEqual(await outcomesElsewhere(), [refused, refused, refused]);
  await Promise.all([locks[0]?.release(), locks[11]?.release()]);
  t.deepEqual(await outcomesElsewhere(), ["held", refused, "held"]);
  await Promise.all(locks.map((lock) => lock.release()));
  t.deepEqual(readdirSync(directory), []);
});

onLinux("a folder is recognised under every name, also before it exists", async (t) => {
  const directory = await folder(t);
  await mkdir(join(directory, "real"));
  await symlink(join(directory, "real"), join(directory, "link"));
  const lockIn = coordinator("linux");
  const first = lockIn(join(directory, "real", "new"), { makesFolder: false });
  await first.take();
  const second = lockIn(join(directory, "link", "..", "link", "new"), { makesFolder: false });
  await t.throwsAsync(second.take(), { code: "already-running" });
  await first.release();
});

test("a lock knows the device of its folder, or of the nearest folder above it, for a second", async (t) => {
  const directory = await folder(t);
  const { dev } = statSync(directory, { bigint: true });
  let nowMs = 0;
  for (const [path, makesFolder] of [
    [directory, false],
    [join(directory, "made"), true],
    [join(directory, "not", "made"), false],
  ] as const) {
    const lock = jobLock({ key, directory: path, makesFolder }, shared, "darwin", () => nowMs);
    t.deepEqual(lock.seen, {}, "nothing has looked yet");
    await lock.take();
    nowMs += 999;
    t.deepEqual(lock.seen, { device: String(dev) });
    nowMs += 1;
    t.deepEqual(lock.seen, {}, "another volume may be mounted there by now");
    await lock.release();
  }
});

test("overlapping takes and releases run in order", async (t) => {
  const lock = coordinator()(await folder(t));
  await Promise.all([lock.take(), lock.release(), lock.take(), lock.take()]);
  t.true(lock.isHeld);
  await lock.release();
});

test("a missing file of the lock keeper is an error of the library", (t) => {
  const keepers = new LockKeepers(1, { "lock-keeper.worker": "file:///nowhere.js" });
  t.throws(() => keepers.prepare(), { instanceOf: TroupeError, code: "worker-file-not-found" });
});

test("close() releases locks that are held or being taken, and leaves no file", async (t) => {
  const directory = await folder(t);
  const keepers = new LockKeepers(100);
  const [held, taking, waiting] = ["0", "1", "2"].map((digit) =>
    jobLock({ key: keyOf(digit.repeat(40)), directory, makesFolder: true }, keepers, "darwin"),
  );
  await held?.take();
  const results = Promise.allSettled([taking?.take(), waiting?.take()]);
  t.deepEqual(await keepers.close(), []);
  t.deepEqual(readdirSync(directory), []);
  await results;
  await t.throwsAsync(async () => await held?.release().then(() => waiting?.take()), {
    code: "coordinator-closed",
  });
});

test("a missing folder is made for a lock, and removed with the lock if it is empty", async (t) => {
  const parent = await folder(t);
  const directory = join(parent, "new", "deep");
  const lock = coordinator()(directory);
  await lock.take();
  t.true(existsSync(join(directory, lockFile)));
  await lock.release();
  t.deepEqual(readdirSync(parent), []);
  await lock.take();
  await writeFile(join(directory, "data"), "x");
  await lock.release();
  t.deepEqual(readdirSync(directory), ["data"]);
});

test("if the volume may be away no folder is made, and the lock is provisional until a renewal finds files", async (t) => {
  const directory = join(await folder(t), "away");
  const lockIn = coordinator();
  const lock = lockIn(directory, { makesFolder: false });
  await lock.take();
  t.true(lock.isProvisional);
  await mkdir(directory);
  await lock.renew();
  t.true(lock.isProvisional);
  t.deepEqual(readdirSync(directory), []);
  await writeFile(join(directory, "data"), "x");
  await lock.renew();
  t.false(lock.isProvisional);
  await t.throwsAsync(lockIn(directory).take(), { code: "already-running" });
  await lock.release();
});

test("the lock of a replaced folder is taken in the new folder, unless another job runs there", async (t) => {
  const parent = await folder(t);
  const directory = join(parent, "data");
  await mkdir(directory);
  const lock = coordinator()(directory);
  await lock.take();
  await lock.renew();
  await rename(directory, join(parent, "old"));
  await mkdir(directory);
  await lock.renew();
  t.true(existsSync(join(directory, lockFile)));
  await rename(directory, join(parent, "older"));
  await mkdir(directory);
  const other = otherCoordinator(t)(directory);
  await other.take();
  await t.throwsAsync(lock.renew(), { code: "already-running" });
  t.false(lock.isHeld);
  await lock.release();
  t.true(existsSync(join(directory, lockFile)), "the other's lock stands");
  await other.release();
});

for (const [what, prepare] of [
  ["a file with contents", (path: string) => writeFile(path, "mine")],
  ["a link", (path: string) => symlink("/dev/null", path)],
  ["a folder", (path: string) => mkdir(path)],
] as const) {
  test(`${what} in the place of the lock file is left alone, and does not keep a job from running`, async (t) => {
    const directory = await folder(t);
    await mkdir(join(directory, ".troupe"));
    await prepare(join(directory, lockFile));
    const before = statSync(join(directory, lockFile));
    const lock = coordinator()(directory);
    await lock.take();
    t.true(lock.isHeld);
    await lock.release();
    t.deepEqual(statSync(join(directory, lockFile)), before);
  });
}

test("beyond the descriptors for lock files a job runs without one", async (t) => {
  const directory = await folder(t);
  const keepers = new LockKeepers(1);
  t.teardown(() => keepers.close());
  const locks = ["a", "b"].map((digit) =>
    jobLock({ key: keyOf(digit.repeat(40)), directory, makesFolder: true }, keepers, "darwin"),
  );
  for (const lock of locks) await lock.take();
  t.deepEqual(readdirSync(join(directory, ".troupe")), [`${"a".repeat(40)}.lock`]);
  await Promise.all(locks.map((lock) => lock.release()));
});

test("of many jobs that take a lock at the same moment one gets it", async (t) => {
  const directory = await folder(t);
  const coordinators = [coordinator(), otherCoordinator(t), otherCoordinator(t)];
  // A lock of each keeps its thread for the next round.
  for (const lockIn of coordinators) await lockIn(await folder(t)).take();
  for (let round = 0; round < 5; round += 1) {
    const locks = coordinators.map((lockIn) => lockIn(directory));
    const outcomes = await Promise.allSettled(locks.map((lock) => lock.take()));
    t.is(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
    await Promise.all(locks.map((lock) => lock.release()));
  }
});

onLinux("a killed process holds no lock, and its lock file is taken over", async (t) => {
  const directory = await folder(t);
  const killed = program.holder(directory);
  t.is(await killed.take(key), "held");
  const lock = coordinator("linux")(directory);
  await t.throwsAsync(lock.take(), { code: "already-running" });
  await killed.kill();
  t.true(existsSync(join(directory, lockFile)));
  await lock.take();
  await using other = program.holder(directory);
  t.is(await other.take(key), "already-running");
  await lock.release();
  t.deepEqual(readdirSync(directory), []);
});

asRoot("a job that runs in another network namespace is refused", async (t) => {
  const directory = await folder(t);
  await using first = program.holder(directory, inOtherNetwork);
  t.is(await first.take(key), "held");
  await using second = program.holder(directory, inOtherNetwork);
  t.is(await second.take(key), "already-running");
  await t.throwsAsync(coordinator("linux")(directory).take(), { code: "already-running" });
});

asRoot("a job that runs over a bind mount of the folder is refused", async (t) => {
  const [directory, other] = [await folder(t), await folder(t)];
  await using first = program.holder(directory);
  t.is(await first.take(key), "held");
  const mount = `mount --bind "${directory}" "${other}" && exec "$@"`;
  const within = ["unshare", "--mount", "--", "sh", "-c", mount, "sh"];
  await using second = program.holder(other, within);
  t.is(await second.take(key), "already-running");
});

asRoot("a job that another user runs is refused, whatever the masks of both", async (t) => {
  const directory = await folder(t);
  await chmod(directory, 0o777);
  const masked = ["sh", "-c", 'umask 077 && exec "$@"', "sh"];
  for (const [one, two] of [
    [masked, asNobody],
    [[...asNobody, ...masked], masked],
  ] as const) {
    const first = program.holder(directory, one);
    t.is(await first.take(key), "held");
    t.is(statSync(join(directory, lockFile)).mode & 0o777, 0o666);
    await using second = program.holder(directory, two);
    t.is(await second.take(key), "already-running");
    await first.kill();
    t.is(await second.take(key), "held", "it takes over the file of the other user");
  }
  t.deepEqual(readdirSync(directory), []);
});

asRoot("a folder that is read-only for a user is locked by the socket alone", async (t) => {
  const directory = await folder(t);
  await chmod(directory, 0o755);
  await using first = program.holder(directory, asNobody);
  t.is(await first.take(key), "held");
  t.deepEqual(readdirSync(directory), []);
  await using second = program.holder(directory, asNobody);
  t.is(await second.take(key), "already-running");
});

test("the file stays empty", async (t) => {
  const directory = await folder(t);
  const lock = coordinator()(directory);
  await lock.take();
  // Not opened here: to close it would end the lock.
  t.is(statSync(join(directory, lockFile)).size, 0);
  await lock.release();
});
