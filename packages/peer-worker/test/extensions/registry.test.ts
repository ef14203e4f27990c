import test from "ava";

import { extensionOf, ownExtensions } from "../../src/extensions/registry.ts";
import { maxExtendedBytes } from "../../src/limits.ts";

test("each extension has a name and an id of its own, and its messages fit into a frame", (t) => {
  t.is(new Set(ownExtensions.map(({ name }) => name)).size, ownExtensions.length);
  for (const extension of ownExtensions) {
    t.is(extensionOf(ownExtensions, extension.id), extension);
    t.true(extension.id >= 1 && extension.id <= 255);
    t.true(extension.maxBytes + 3 <= maxExtendedBytes);
  }
  t.is(extensionOf(ownExtensions, 0), undefined);
});
