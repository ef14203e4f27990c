// The places that a service listens at, and the folders that its callers may name.

import { lstat, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname } from "node:path";
import { pathLinks } from "@troupe/actor-runtime";
import { refuseNoAuth } from "../guard/no-auth-rule.ts";
import { isRefusal } from "../guard/refusal.ts";
import { openRoot } from "../guard/roots.ts";
import type { ListenPlace } from "../service.messages.ts";
import { parsePlaces } from "./listen-places.ts";
import { makePrivateFolder } from "./secret-files.ts";
import { asOption, type ServiceOptions } from "./service-options.ts";

/** Reads the places, and makes the folder of the socket of the user's commands. @throws TroupeError `option-out-of-range` */
export function placesOf(options: ServiceOptions): readonly ListenPlace[] {
  const named = parsePlaces(options.listen, options.currentFolder);
  // The hosts file may give the name another address.
  const places = named.map((place) =>
    place.kind === "tcp" && place.host === "localhost" ? { ...place, host: "127.0.0.1" } : place,
  );
  if (options.auth === false) {
    const hosts = places.map((place) => (place.kind === "tcp" ? place.host : "socket"));
    const refusal = refuseNoAuth(hosts);
    if (refusal !== undefined) throw asOption("auth", refusal);
  }
  const path = options.localSocket;
  if (path === undefined) {
    options.warned(
      "no-local-socket",
      "the path of the state folder is too long for a socket, and XDG_RUNTIME_DIR is not set: troupe list, add … need --url and --token",
    );
    return places;
  }
  makePrivateFolder(dirname(path));
  return [...places, { kind: "local", path }];
}

/** Opens the roots. @throws rejects with TroupeError `option-out-of-range` */
export async function rootsOf(options: ServiceOptions): Promise<readonly string[]> {
  const guarded = {
    homeFolders: [homedir()],
    stateFolder: options.stateDirectory,
    settingsFile: options.settingsFile,
  };
  const links = pathLinks({ lstat, realpath });
  const roots: string[] = [];
  for (const folder of options.roots) {
    const root = await openRoot(folder, guarded, links);
    if (isRefusal(root)) throw asOption("roots", root);
    roots.push(root);
  }
  return roots;
}
