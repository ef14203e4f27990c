// `pnpm bench:blocked-caller`: a download at 100 MB/s during which the thread that started it is blocked for 3 s.

import { join } from "node:path";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { writePayload } from "../../test/support/files/payload.ts";
import { writeTorrentFile } from "../../test/support/files/torrent-file.ts";
import { Seeder } from "../support/seeder.ts";
import { measureBlockedCaller } from "./transfer.ts";

const mebibyte = 1 << 20;

using folder = temporaryFolder("troupe-blocked-caller");
const payload = writePayload({
  folder: join(folder.path, "source"),
  name: "payload",
  pieceLengthBytes: mebibyte,
  files: 1_024 * mebibyte,
});
const torrent = writeTorrentFile(payload);
await using seeder = await Seeder.start({
  infoHash: torrent.infoHash,
  file: join(payload.folder, payload.name),
  pieceLengthBytes: payload.pieceLengthBytes,
  bytesPerSecond: 100e6,
});
console.log(await measureBlockedCaller(torrent.path, join(folder.path, "target"), seeder));
