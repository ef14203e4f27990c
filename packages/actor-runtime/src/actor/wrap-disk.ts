import type { Disk } from "../ports/disk.ts";

/** Returns the function to run in place of a call. */
type AroundCall = <Arguments extends unknown[], Result>(
  call: (...args: Arguments) => Result,
) => (...args: Arguments) => Result;

/**
 * The disk as a plain object, with `around` about each synchronous call, also of its databases. Calls whose work ends
 * in another thread pass unchanged.
 */
export function wrapDisk(disk: Disk, around: AroundCall = (call) => call): Disk {
  return {
    open: around((path, mode) => disk.open(path, mode)),
    openWithStat: around((path, mode) => disk.openWithStat(path, mode)),
    close: around((file) => disk.close(file)),
    read: around((file, views, position) => disk.read(file, views, position)),
    write: around((file, views, position) => disk.write(file, views, position)),
    truncate: around((file, lengthBytes) => disk.truncate(file, lengthBytes)),
    sync: around((file) => disk.sync(file)),
    setAccess: around((of, access) => disk.setAccess(of, access)),
    statFile: around((file) => disk.statFile(file)),
    stat: around((path) => disk.stat(path)),
    makeFolder: around((path) => disk.makeFolder(path)),
    syncFolder: around((path) => disk.syncFolder(path)),
    realPath: around((path) => disk.realPath(path)),
    remove: around((path) => disk.remove(path)),
    readFile: around((path) => disk.readFile(path)),
    writeFileAtomically: around((path, bytes) => disk.writeFileAtomically(path, bytes)),
    proveWritable: around((path) => disk.proveWritable(path)),
    rename: around((from, to) => disk.rename(from, to)),
    link: around((from, to) => disk.link(from, to)),
    symlink: around((target, path) => disk.symlink(target, path)),
    readLink: around((path) => disk.readLink(path)),
    freeBytes: around((path) => disk.freeBytes(path)),
    openDatabase: around((path) => {
      const database = disk.openDatabase(path);
      return {
        get: around((name) => database.get(name)),
        all: around((prefix) => database.all(prefix)),
        commit: around((changes) => database.commit(changes)),
        add: around((amounts, by) => database.add(amounts, by)),
        sums: around(() => database.sums()),
        close: around(() => database.close()),
      };
    }),
    salvageDatabase: around((path) => disk.salvageDatabase(path)),
    syncLater: (path, done) => disk.syncLater(path, done),
    openThread: (work) => disk.openThread(work),
  };
}

/** The disk with each call counted in `counter[0]` at its begin and at its end: an odd number is a call under way. */
export function countedDisk(disk: Disk, counter: Int32Array): Disk {
  return wrapDisk(disk, (call) => (...given) => {
    Atomics.add(counter, 0, 1);
    try {
      return call(...given);
    } finally {
      Atomics.add(counter, 0, 1);
    }
  });
}
