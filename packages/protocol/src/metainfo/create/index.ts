export { newTorrent, type NewTorrent } from "./new-torrent.ts";
export { pieceLengthFor } from "./piece-length.ts";
export { plannedFiles, type NewFile, type NewVersion, type PlannedFile } from "./planned-files.ts";
