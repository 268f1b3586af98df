"""Makes customers until a server has so many, or the time is over; prints how many there are and writes their ids.

Arguments: the base URL, the key, how many, how many are there already, the seconds, the file of ids (appended to).
"""

import http.client
import json
import sys
import threading
import time
from urllib.parse import urlsplit

base, key, wanted, have, seconds, path = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6]), sys.argv[6]
address = urlsplit(base).netloc
deadline = time.monotonic() + seconds
lock, made, asked = threading.Lock(), [], 0


def run():
    global asked
    connection = http.client.HTTPConnection(address, timeout=30)
    while time.monotonic() < deadline:
        with lock:
            if have + asked >= wanted:
                return
            asked += 1
            number = have + asked
        headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Idempotency-Key": f"fill-{number}",
        }
        connection.request("POST", "/v1/customers", f"name=Buyer+{number}&metadata[order]={number}", headers)
        answer = json.loads(connection.getresponse().read())
        with lock:
            made.append(answer["id"])


threads = [threading.Thread(target=run) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
with open(path, "a", encoding="utf-8") as file:
    file.writelines(f"{id}\n" for id in made)
print(have + len(made))
