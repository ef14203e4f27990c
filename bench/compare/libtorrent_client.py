"""libtorrent as a client of the comparison. Debian's python3-libtorrent is seen by /usr/bin/python3 only.

  libtorrent_client.py leech|seed|check SETTINGS FOLDER TORRENT... [-- HOST PORT]

SETTINGS are libtorrent's own, as JSON; others keep their defaults, but for what would look for peers elsewhere or encrypt.
"leech" ends when everything is there, "check" when everything is hashed, "seed" at SIGTERM. With HOST and PORT that
peer is dialled; the torrent's tracker names others.
"""

import json
import signal
import sys

import libtorrent as lt

role, settings, folder, *rest = sys.argv[1:]
torrents, dialled = rest, []
if "--" in rest:
    torrents, dialled = rest[: rest.index("--")], rest[rest.index("--") + 1 :]
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
session = lt.session(
    {
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "enable_outgoing_utp": False,
        "enable_incoming_utp": False,
        # Plain connections only; a seeder takes encrypted ones too, as it does by default.
        "in_enc_policy": 1 if role == "seed" else 2,
        "out_enc_policy": 2,
        "allow_multiple_connections_per_ip": True,
        "alert_mask": lt.alert.category_t.status_notification | lt.alert.category_t.error_notification,
        **json.loads(settings),
    }
)
for torrent in torrents:
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(torrent)
    parameters.save_path = folder
    flags = lt.torrent_flags
    parameters.flags &= ~(flags.auto_managed | flags.paused)
    parameters.flags |= flags.disable_pex
    handle = session.add_torrent(parameters)
    if role == "seed":
        handle.set_max_connections(-1)
        handle.set_max_uploads(-1)
if dialled:
    handle.connect_peer((dialled[0], int(dialled[1])))
awaited = {"leech": lt.torrent_finished_alert, "check": lt.torrent_checked_alert}.get(role)
while True:
    # Short, because a signal is handled between two waits.
    session.wait_for_alert(100 if role == "leech" else 500)
    for alert in session.pop_alerts():
        if awaited is not None and isinstance(alert, awaited):
            if handle.status().progress_ppm != 1_000_000:
                sys.exit("libtorrent has %d millionths" % handle.status().progress_ppm)
            sys.exit()
        if alert.category() & lt.alert.category_t.error_notification:
            print(alert.message(), flush=True)
