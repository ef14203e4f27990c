import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { volumeSpace } from "../../../src/api/free-space/volume-space.ts";

test("a folder that is not there yet has the space of the volume that it would lie on", async (t) => {
  const { blocks, bsize } = statfsSync(tmpdir());
  const { freeBytes, totalBytes } = await volumeSpace(join(tmpdir(), "not-there", "at-all"));
  t.is(totalBytes, blocks * bsize);
  t.true(freeBytes > 0 && freeBytes <= totalBytes);
});

test("another error of the system is that of the question", async (t) => {
  await t.throwsAsync(volumeSpace("/\0"), { code: "ERR_INVALID_ARG_VALUE" });
});
