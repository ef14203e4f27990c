import test from "ava";
import {
  classicFieldName,
  classicName,
  snakeName,
} from "../../../src/transmission/names/classic-names.ts";
import {
  specAddArguments,
  specGroup,
  specMethods,
  specMutators,
  specObjectKeys,
  specResults,
  specSessionFacts,
  specSessionSettings,
  specStatistics,
  specStatisticsOfTime,
  specTorrentFields,
  specUnits,
} from "../../support/transmission-keys.ts";

const torrentKeys = [...specTorrentFields, ...Object.values(specObjectKeys).flat()];
const otherKeys = [
  ...[specMethods, specSessionSettings, specSessionFacts, specUnits, specStatistics].flat(),
  ...[specStatisticsOfTime, specGroup, specResults].flat(),
  ...[Object.keys(specMutators), Object.keys(specAddArguments)].flat(),
];

/** The change of names that the page of the protocol states: from hyphens and capitals to snake case. */
function changedByRule(name: string): string {
  const capital = (letter: string): string => `_${letter.toLowerCase()}`;
  return name.replaceAll("-", "_").replaceAll(/[A-Z]/g, capital);
}

test("each classic name becomes that of the page by its rule, with two exceptions", (t) => {
  const names = [
    ...torrentKeys.map((key) => [classicFieldName(key), key] as const),
    ...otherKeys.map((key) => [classicName(key), key] as const),
  ];
  t.true(names.length > 250);
  const exceptions = names.filter(([classic, key]) => changedByRule(classic) !== key);
  t.deepEqual(Object.fromEntries(exceptions), {
    "cache-size-mb": "cache_size_mib",
    isUTP: "is_utp",
  });
});

test("names that 4.1 added are the same in both dialects", (t) => {
  const same = [...torrentKeys, ...otherKeys].filter(
    (key) => key.includes("_") && classicFieldName(key) === key,
  );
  t.deepEqual([...new Set(same)].toSorted(), [
    "begin_piece",
    "bytes_to_client",
    "bytes_to_peer",
    "downloader_count",
    "end_piece",
    "ip_protocol",
    "peer_id",
    "preferred_transports",
    "sequential_download",
    "sequential_download_from_piece",
  ]);
});

test("two names are others in fields of torrents than elsewhere", (t) => {
  const differing = [...torrentKeys, ...otherKeys].filter(
    (key) => classicFieldName(key) !== classicName(key),
  );
  t.deepEqual([...new Set(differing)], ["download_dir", "total_size"]);
  t.is(classicFieldName("download_dir"), "downloadDir");
  t.is(classicName("download_dir"), "download-dir");
  t.is(classicFieldName("total_size"), "totalSize");
  t.is(classicName("total_size"), "total_size");
});

test("every classic name leads back, and every other name stays", (t) => {
  for (const key of torrentKeys) t.is(snakeName(classicFieldName(key)), key);
  for (const key of otherKeys) t.is(snakeName(classicName(key)), key);
  for (const name of ["fileCount", "constructor", "__proto__", ""]) t.is(snakeName(name), name);
});
