"""A libtorrent session that adds the torrents of a folder when a line comes: libtorrent_idle.py FOLDER

Debian's python3-libtorrent is seen by /usr/bin/python3 only. Settings are libtorrent's own, but for what would look for
peers. `seed_mode` takes the files as they are, as resume data would.
"""

import glob
import sys
import time

import libtorrent as lt

folder = sys.argv[1]
session = lt.session(
    {
        "listen_interfaces": "127.0.0.1:0",
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "active_seeds": -1,
        "active_limit": -1,
    }
)
print("ready", flush=True)
sys.stdin.readline()
handles = []
for path in glob.glob(folder + "/state/torrents/*.torrent"):
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(path)
    parameters.save_path = folder + "/data"
    parameters.flags |= lt.torrent_flags.seed_mode
    parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    handles.append(session.add_torrent(parameters))
while not all(handle.status().is_seeding for handle in handles):
    time.sleep(0.2)
print("added %d" % len(handles), flush=True)
sys.stdin.readline()
