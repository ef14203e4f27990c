import { createHash } from "node:crypto";
import test, { type ExecutionContext } from "ava";
import type { InfoHashes, InfoHashV2 } from "@troupe/protocol/identity";
import type { InfoHash } from "@troupe/protocol/units";
import { isMetadataOf, MetadataHash } from "../../../src/torrent/metadata/metadata-hash.ts";

const metadata = new TextEncoder().encode("d4:name1:ae");
const hashOf = (name: string): string => createHash(name).update(metadata).digest("hex");
const v1 = hashOf("sha1") as InfoHash;
const v2 = hashOf("sha256") as InfoHashV2;
const other = { v1: "0".repeat(40) as InfoHash, v2: `${"0".repeat(63)}1` as InfoHashV2 };

function judges(t: ExecutionContext, hashes: InfoHashes, isRight: boolean): void {
  t.is(isMetadataOf(hashes, metadata), isRight);
  const blocks = new MetadataHash(hashes);
  blocks.update(metadata.subarray(0, 4));
  blocks.update(metadata.subarray(4));
  t.is(blocks.isRight(), isRight);
}

test("EX18: metadata of a link of version 1 has its SHA-1", judges, { v1 }, true);
test("EX18: metadata of a link of version 2 has its whole SHA-256", judges, { v2 }, true);
test("metadata with another SHA-1 is not that of the link", judges, { v1: other.v1 }, false);
test("metadata with another SHA-256 is not that of the link", judges, { v2: other.v2 }, false);
test(
  "metadata with the beginning of the SHA-256 alone is not that of the link",
  judges,
  { v2: `${v2.slice(0, 40)}${other.v2.slice(40)}` as InfoHashV2 },
  false,
);
test("metadata with both hashes is that of the link", judges, { v1, v2 }, true);
test(
  "metadata with one hash of a link that names two torrents ends the fetch",
  judges,
  { v1, v2: other.v2 },
  true,
);
test("metadata with neither hash is not that of the link", judges, other, false);
