import { TroupeError } from "@troupe/control";

/** A file that has changed since it was found. @param path In the torrent, with `/`. */
export function fileChanged(path: string): TroupeError {
  return new TroupeError("file-changed", `cannot make the torrent: ${path} changed meanwhile`, {
    details: { path },
  });
}
