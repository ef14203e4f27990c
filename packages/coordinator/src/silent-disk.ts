/** Code of a torrent's error while its disk hangs in a call; the torrent continues when the disk does. */
export const silentDiskCode = "disk-not-answering";
