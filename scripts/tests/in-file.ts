// Imported by a group before each of its files, as `in-file.ts?PATH`: the tests that are declared next are of that file.

const watch = (globalThis as { [key: symbol]: { file: string } | undefined })[
  Symbol.for("troupe.tests")
];
if (watch !== undefined) watch.file = decodeURIComponent(new URL(import.meta.url).search.slice(1));
