"""Programs at the ends of a line.

  line.py echo HOST PORT             sends datagrams back
  line.py ping HOST PORT COUNT MS    sends COUNT datagrams, one every MS, and prints the round trip of each in ms
  line.py sink HOST PORT             takes connections, drops what they send, and prints the bytes a second of each that ends,
                                     without its first 5 s
  line.py flow HOST PORT SECONDS     fills a connection for SECONDS
"""

import select
import socket
import sys
import threading
import time

role, host, port, *rest = sys.argv[1:]
place = (host, int(port))


def echo():
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind(place)
    print("ready", flush=True)
    while True:
        end.sendto(*end.recvfrom(64))


def ping(count, every):
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sent = []
    start = time.monotonic()
    # A ping that takes three seconds is lost.
    while len(sent) < count or time.monotonic() < sent[-1] + 3:
        now = time.monotonic()
        due = start + len(sent) * every
        if len(sent) < count and now >= due:
            sent.append(now)
            end.sendto(b"%d" % (len(sent) - 1), place)
            continue
        wait = due - now if len(sent) < count else sent[-1] + 3 - now
        if select.select([end], [], [], max(0, wait))[0]:
            number = int(end.recv(64))
            print("%.3f" % ((time.monotonic() - sent[number]) * 1000), flush=True)


def drop(end):
    start = time.monotonic()
    taken, since, last = 0, start, start
    while chunk := end.recv(1 << 16):
        last = time.monotonic()
        if last < start + 5:
            since = last
        else:
            taken += len(chunk)
    print("%.0f" % (taken / (last - since)), flush=True)


def sink():
    listener = socket.create_server(place)
    print("ready", flush=True)
    while True:
        end, _ = listener.accept()
        threading.Thread(target=drop, args=(end,), daemon=True).start()


def flow(seconds):
    end = socket.create_connection(place)
    end.setblocking(False)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if select.select([], [end], [], 0.1)[1]:
            end.send(bytes(1 << 14))


if role == "echo":
    echo()
elif role == "ping":
    ping(int(rest[0]), int(rest[1]) / 1000)
elif role == "sink":
    sink()
else:
    flow(float(rest[0]))
