// A picker for a player that reads along: pieces in order, but of the next 32 the rarest first.
//
//   coordinator.add(source, { modules: { picker: new URL("window-picker.ts", import.meta.url) } });
//   troupe job.torrent --picker ./examples/modules/window-picker.ts

import type { PickerModule } from "troupe";

const windowPieces = 32;

const makePicker: PickerModule = () => ({
  pick({ count, candidates, peersWith }) {
    const next = candidates(windowPieces);
    return next.toSorted((one, other) => peersWith(one) - peersWith(other)).slice(0, count);
  },
});

export default makePicker;
