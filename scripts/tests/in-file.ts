// Imported by a group before each of its files, as `in-file.ts?PATH`: the tests that are declared next are of that file.

const watch = (globalThis as { [key: symbol]: { enter(file: string): void } | undefined })[
  Symbol.for("troupe.tests")
];
watch?.enter(decodeURIComponent(new URL(import.meta.url).search.slice(1)));
