import type { Disk } from "./ports/disk.ts";

/** A plain object whose methods need no `this`, from which other disks are derived. */
export function boundDisk(disk: Disk): Disk {
  return {
    open: (path, mode) => disk.open(path, mode),
    close: (file) => disk.close(file),
    read: (file, views, position) => disk.read(file, views, position),
    write: (file, views, position) => disk.write(file, views, position),
    truncate: (file, lengthBytes) => disk.truncate(file, lengthBytes),
    sync: (file) => disk.sync(file),
    setMode: (file, mode) => disk.setMode(file, mode),
    syncLater: (path, done) => disk.syncLater(path, done),
    statFile: (file) => disk.statFile(file),
    stat: (path) => disk.stat(path),
    makeFolder: (path) => disk.makeFolder(path),
    syncFolder: (path) => disk.syncFolder(path),
    realPath: (path) => disk.realPath(path),
    remove: (path) => disk.remove(path),
    readFile: (path) => disk.readFile(path),
    writeFileAtomically: (path, bytes) => disk.writeFileAtomically(path, bytes),
    proveWritable: (path) => disk.proveWritable(path),
    rename: (from, to) => disk.rename(from, to),
    link: (from, to) => disk.link(from, to),
    freeBytes: (path) => disk.freeBytes(path),
    openDatabase: (path) => disk.openDatabase(path),
    salvageDatabase: (path) => disk.salvageDatabase(path),
    openMaker: () => disk.openMaker(),
    openThread: (work) => disk.openThread(work),
  };
}
