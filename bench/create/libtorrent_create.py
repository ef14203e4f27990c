"""Makes a .torrent by libtorrent. Debian's python3-libtorrent is seen by /usr/bin/python3 only.

  libtorrent_create.py CONTENT PIECE_BYTES VERSION OUTPUT

VERSION is `v1` or `hybrid`. Prints the seconds of set_piece_hashes, which reads and hashes everything.
"""

import os
import sys
import time

import libtorrent as lt

content, piece_bytes, version, output = sys.argv[1:5]
files = lt.file_storage()
lt.add_files(files, content)
flags = lt.create_torrent.v1_only if version == "v1" else 0
torrent = lt.create_torrent(files, int(piece_bytes), flags)
start = time.monotonic()
lt.set_piece_hashes(torrent, os.path.dirname(content))
print(time.monotonic() - start)
with open(output, "wb") as file:
    file.write(lt.bencode(torrent.generate()))
