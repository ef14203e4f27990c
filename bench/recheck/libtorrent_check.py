"""Re-checks of complete data by libtorrent. Debian's python3-libtorrent is seen by /usr/bin/python3 only.

  libtorrent_check.py TORRENT FOLDER

Checks what is there, then again in the running session (force_recheck), and ends. Prints the seconds of the second check.
Settings are libtorrent's own, but for what would look for peers.
"""

import sys
import time

import libtorrent as lt

torrent, folder = sys.argv[1:3]
session = lt.session(
    {
        "listen_interfaces": "127.0.0.1:0",
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "alert_mask": lt.alert.category_t.status_notification | lt.alert.category_t.error_notification,
    }
)


def wait_for(kind):
    while True:
        session.wait_for_alert(200)
        for alert in session.pop_alerts():
            if isinstance(alert, kind):
                return


parameters = lt.add_torrent_params()
parameters.ti = lt.torrent_info(torrent)
parameters.save_path = folder
parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
handle = session.add_torrent(parameters)
wait_for(lt.torrent_checked_alert)
start = time.monotonic()
handle.force_recheck()
wait_for(lt.torrent_checked_alert)
seconds = time.monotonic() - start
if handle.status().progress_ppm != 1_000_000:
    sys.exit("libtorrent found %d millionths" % handle.status().progress_ppm)
print(seconds)
