import test from "ava";

import { extensionOf, extensions } from "../../src/extensions/registry.ts";
import { maxExtendedBytes } from "../../src/limits.ts";

test("each extension has a name and an id of its own, and its messages fit into a frame", (t) => {
  t.is(new Set(extensions.map(({ name }) => name)).size, extensions.length);
  for (const extension of extensions) {
    t.is(extensionOf(extension.id), extension);
    t.true(extension.id >= 1 && extension.id <= 255);
    t.true(extension.maxBytes + 3 <= maxExtendedBytes);
  }
  t.is(extensionOf(0), undefined);
});
