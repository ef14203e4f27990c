import type { WatchFolderSetting } from "@troupe/control";
import { ManualTime } from "@troupe/actor-runtime/testing";
import test from "ava";
import type { FileContent, FinishAct } from "../../../src/automation/watch-folders/folder-calls.ts";
import type { FolderPort } from "../../../src/automation/watch-folders/folder-thread.ts";
import { WatchFolder } from "../../../src/automation/watch-folders/watch-folder.ts";
import type { FileFacts } from "../../../src/automation/watch-folders/watched-file.ts";

function fileNamed(name: string, more: Partial<FileFacts> = {}): FileFacts {
  const facts = { isRegular: true, sizeBytes: 10, inode: name, modifiedNs: "1", changedNs: "1" };
  return { name, ...facts, ...more };
}

/** A folder whose files the test makes. */
class FakeFolder implements FolderPort {
  files = new Map<string, FileFacts>();
  contents = new Map<string, FileContent>();
  readonly acts: string[] = [];
  refuses: string | undefined;
  finishRefuses = false;
  hang: Promise<void> | undefined;
  isCut = false;
  hasEnded = false;
  readonly isInCall = false;

  put(facts: FileFacts): void {
    this.files.set(facts.name, facts);
  }

  async scan() {
    this.acts.push("scan");
    await this.hang;
    if (this.refuses !== undefined)
      throw Object.assign(new Error("refused"), { code: this.refuses });
    return { files: [...this.files.values()], isCut: this.isCut };
  }

  async read({ name }: FileFacts): Promise<FileContent> {
    this.acts.push(`read ${name}`);
    return this.contents.get(name) ?? { kind: "torrent", bytes: new Uint8Array() };
  }

  async finish({ name }: FileFacts, act: FinishAct): Promise<void> {
    if (this.finishRefuses) throw Object.assign(new Error("read-only"), { code: "EROFS" });
    this.acts.push(`${act.act} ${name}`);
    this.files.delete(name);
  }

  end(): void {
    this.hasEnded = true;
  }

  /** Acts but for scans, since the last call. */
  taken(): string[] {
    return this.acts.splice(0).filter((act) => act !== "scan");
  }
}

function open(setting: Partial<WatchFolderSetting> = {}) {
  const folder = new FakeFolder();
  const time = new ManualTime();
  const warnings: string[] = [];
  const messages: string[] = [];
  const added: string[] = [];
  const failures: Error[] = [];
  const adding: { wait?: Promise<void> } = {};
  const kept = new Set<string>();
  const watched = new WatchFolder(
    { path: "/watch", ...setting },
    {
      ...{ folder, clock: time, timers: time },
      kept: {
        has: (_, { inode }) => kept.has(inode),
        set: async (_, files) => {
          kept.clear();
          for (const { inode } of files) kept.add(inode);
        },
      },
      add: async ({ kind }) => {
        await adding.wait;
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
        added.push(kind);
      },
      warned: (code, message) => {
        warnings.push(code);
        messages.push(message);
      },
    },
  );
  return { added, adding, failures, folder, kept, messages, time, warnings, watched };
}

test("H01: a file is added at the second scan that sees it, 5 s later, and gets its suffix", async (t) => {
  const { added, folder, time } = open();
  folder.put(fileNamed("a.torrent"));
  await time.pass(4_999);
  t.deepEqual(folder.taken(), []);
  await time.pass(1);
  t.deepEqual(folder.taken(), ["read a.torrent", "rename a.torrent"]);
  await time.pass(60_000);
  t.deepEqual(folder.taken(), []);
  t.deepEqual(added, ["torrent"]);
});

test("a file that does not parse stays, is named once, and is tried again when it changes", async (t) => {
  const { added, folder, messages, time, warnings } = open();
  folder.put(fileNamed("a\n.torrent"));
  folder.contents.set("a\n.torrent", { kind: "refused", reason: "it is cut" });
  await time.pass(60_000);
  t.deepEqual(warnings, ["watched-file-refused"]);
  t.deepEqual(messages, ["a .torrent in /watch is not added: it is cut"]);
  t.deepEqual(folder.taken(), ["read a\n.torrent"]);
  folder.contents.clear();
  folder.put(fileNamed("a\n.torrent", { sizeBytes: 11 }));
  await time.pass(10_000);
  t.deepEqual(folder.taken(), ["read a\n.torrent", "rename a\n.torrent"]);
  t.deepEqual(added, ["torrent"]);
});

test("H01: files that are kept are remembered, and forgotten when they are gone", async (t) => {
  const { added, folder, kept, time } = open({ after: "keep" });
  folder.put(fileNamed("a.torrent"));
  await time.pass(60_000);
  t.deepEqual(added, ["torrent"]);
  t.deepEqual([...kept], ["a.torrent"]);
  folder.files.clear();
  await time.pass(5_000);
  t.deepEqual([...kept], []);
});

test("a file that cannot be put away stays, is remembered and is not added again", async (t) => {
  const { added, folder, kept, time, warnings } = open({ after: "delete" });
  folder.finishRefuses = true;
  folder.put(fileNamed("a.torrent"));
  await time.pass(60_000);
  t.deepEqual(added, ["torrent"]);
  t.deepEqual(warnings, ["watched-file-stays"]);
  t.deepEqual([...kept], ["a.torrent"]);
});

test("a file that cannot be read is named once, and is tried again when it changes", async (t) => {
  const { added, folder, time, warnings } = open();
  const { read } = folder;
  folder.read = async () => {
    throw Object.assign(new Error("permission denied"), { code: "EACCES" });
  };
  folder.put(fileNamed("a.torrent"));
  await time.pass(60_000);
  t.deepEqual(warnings, ["watched-file-refused"]);
  folder.read = read;
  await time.pass(60_000);
  t.deepEqual(added, []);
  // A new mode changes the change time alone.
  folder.put(fileNamed("a.torrent", { changedNs: "2" }));
  await time.pass(10_000);
  t.deepEqual(added, ["torrent"]);
});

test("torrents that take long to add are no slow folder", async (t) => {
  const { adding, folder, time, warnings } = open();
  const hang = Promise.withResolvers<void>();
  adding.wait = hang.promise;
  folder.put(fileNamed("a.torrent"));
  await time.pass(600_000);
  t.deepEqual(folder.taken(), ["read a.torrent"]);
  hang.resolve();
  await time.pass(1);
  t.deepEqual(folder.taken(), ["rename a.torrent"]);
  t.deepEqual(warnings, []);
});

test("a torrent that cannot be added is tried again, ever later, and named once", async (t) => {
  const { added, failures, folder, time, warnings } = open();
  for (let index = 0; index < 3; index++) failures.push(new Error("the disk does not answer"));
  folder.put(fileNamed("a.torrent"));
  await time.pass(20_000);
  // Tries after 5 s, 10 s and 20 s; the next one after 40 s.
  t.deepEqual(folder.taken(), ["read a.torrent", "read a.torrent", "read a.torrent"]);
  await time.pass(19_999);
  t.deepEqual(folder.taken(), []);
  await time.pass(1);
  t.deepEqual(folder.taken(), ["read a.torrent", "rename a.torrent"]);
  t.deepEqual(warnings, ["watched-file-not-added"]);
  t.deepEqual(added, ["torrent"]);
});

test("a folder that cannot be read is named once, until it can be read again", async (t) => {
  const { added, folder, time, warnings } = open();
  folder.refuses = "ENOENT";
  await time.pass(60_000);
  t.deepEqual(warnings, ["watch-folder-unreadable"]);
  folder.refuses = undefined;
  folder.put(fileNamed("a.magnet"));
  await time.pass(10_000);
  t.deepEqual(added, ["torrent"]);
  folder.refuses = "EACCES";
  await time.pass(60_000);
  t.deepEqual(warnings, ["watch-folder-unreadable", "watch-folder-unreadable"]);
});

test("a folder with too many files is named once", async (t) => {
  const { folder, time, warnings } = open();
  folder.isCut = true;
  await time.pass(60_000);
  t.deepEqual(warnings, ["watch-folder-full"]);
});

test("a folder that does not answer is named after 30 s, asked nothing more, and goes on when it answers", async (t) => {
  const { added, folder, time, warnings } = open();
  await time.pass(1);
  const hang = Promise.withResolvers<void>();
  folder.hang = hang.promise;
  folder.put(fileNamed("a.torrent"));
  folder.acts.splice(0);
  await time.pass(34_998);
  t.deepEqual([folder.acts, warnings], [["scan"], []]);
  await time.pass(600_000);
  t.deepEqual([folder.acts, warnings], [["scan"], ["watch-folder-not-answering"]]);
  hang.resolve();
  await time.pass(5_000);
  t.deepEqual(added, ["torrent"]);
});

test("the end of a service ends the thread, and an answer that comes later changes nothing", async (t) => {
  const { added, folder, time, warnings, watched } = open();
  await time.pass(4_999);
  const hang = Promise.withResolvers<void>();
  folder.hang = hang.promise;
  folder.put(fileNamed("a.torrent"));
  await time.pass(1);
  watched.end();
  hang.resolve();
  await time.pass(600_000);
  t.true(folder.hasEnded);
  t.deepEqual([added, warnings, time.pending], [[], [], 0]);
});
