"""Steers a service by Debian's python3-transmissionrpc, and prints what it reads back as JSON lines."""

import json
import sys
import time

import transmissionrpc

address, password, torrent, folder = sys.argv[1:]
client = transmissionrpc.Client(address, user="troupe", password=password)
OTHER = "ab" * 20


def show(step, **values):
    print(json.dumps({"step": step, **values}), flush=True)


def until(key, is_true):
    for _ in range(600):
        if is_true(client.get_torrent(key)):
            return
        time.sleep(0.05)
    raise SystemExit("the state was not seen")


added = client.add_torrent("file://" + torrent, paused=True, download_dir=folder)
client.add_torrent("magnet:?xt=urn:btih:" + OTHER + "&dn=other", paused=True)
key = added.id
show("added", id=key, hash=added.hashString, name=added.name)
show("list", hashes=sorted(each.hashString for each in client.get_torrents()))
paused = client.get_torrent(key)
show("paused", status=paused.status, progress=paused.progress, size=paused.totalSize)

client.change_torrent(key, downloadLimit=30, downloadLimited=True, uploadLimit=20, uploadLimited=True)
limited = client.get_torrent(key)
show("limits", down=limited.download_limit, up=limited.upload_limit)
limited.priority = "high"
limited.peer_limit = 17
limited.seed_ratio_mode = "single"
limited.seed_ratio_limit = 2.5
limited.update()
show(
    "set",
    priority=limited.priority,
    peers=limited.peer_limit,
    ratio=limited.seed_ratio_limit,
    mode=limited.seed_ratio_mode,
)

client.set_files({key: {0: {"selected": True, "priority": "high"}, 1: {"selected": False}}})
files = client.get_files(key)[key]
show("files", wanted=[files[each]["selected"] for each in (0, 1)], priority=files[0]["priority"])
client.set_files({key: {each: {"selected": True, "priority": "normal"} for each in (0, 1)}})

client.queue_top(OTHER)
top = client.get_torrent(OTHER).queue_position
client.queue_bottom(OTHER)
show("queue", top=top, bottom=client.get_torrent(OTHER).queue_position)

client.change_torrent(key, downloadLimited=False)
client.start_torrent(key)
until(key, lambda each: each.progress == 100 and each.status == "seeding")
client.reannounce_torrent(key)
client.verify_torrent(key)
until(key, lambda each: each.status == "seeding")
client.stop_torrent(key)
show("done", status=client.get_torrent(key).status, left=client.get_torrent(key).leftUntilDone)

client.rename_torrent_path(key, "payload/a.bin", "c.bin")
show("renamed", name=client.get_files(key)[key][0]["name"])
client.move_torrent_data(key, folder + "/moved")
until(key, lambda each: each.downloadDir == folder + "/moved")
show("moved", folder=client.get_torrent(key).downloadDir)

client.set_session(speed_limit_down=40, speed_limit_down_enabled=True)
session = client.get_session()
show("session", version=session.version, down=session.speed_limit_down, folder=session.download_dir)
show("stats", torrents=client.session_stats().torrentCount, free=client.free_space(folder) > 0)

client.remove_torrent(key, delete_data=True)
client.remove_torrent(OTHER)
show("removed", left=len(client.get_torrents()))
