"""Asks the application over HTTP, for the step openstack/verify. Usage: python3 - COMMAND JSON < probe.py; prints one JSON line.

answers   until every instance has answered, then a number of requests one after another
readBack  writes a note and reads it through another instance
balancers until every balancer has answered under its own name
outage    asks all the time until another balancer than "owner" answers, and says how long nobody did
"""
import http.client
import json
import sys
import threading
import time
import urllib.parse

INTERVAL = 0.1


class Answer:
    """What one request got. A status of 0: no answer; `text` then says why."""

    def __init__(self, site, method, path, body=None, timeout=3.0):
        self.status, self.instance, self.balancer = 0, "", ""
        connection = http.client.HTTPConnection(site.hostname, site.port or 80, timeout=timeout)
        try:
            connection.request(method, path, body=body)
            response = connection.getresponse()
            self.text = response.read().decode("utf-8", "replace")
            self.instance = response.getheader("X-Instance", "")
            self.balancer = response.getheader("X-Balancer", "")
            self.status = response.status
        except (OSError, http.client.HTTPException) as error:
            self.text = str(error) or type(error).__name__
        finally:
            connection.close()

    def describe(self):
        if self.status == 0:
            return f"no answer ({self.text})"
        return f"status {self.status} of {self.instance or self.balancer or 'an unknown server'}"


def until(seconds, ask):
    """Asks until it is told to end; the result of the last time."""
    end = time.monotonic() + seconds
    while True:
        done, result = ask()
        if done or time.monotonic() > end:
            return result
        time.sleep(0.5)


def answers(site, wanted):
    seen, began = set(), time.monotonic()

    def ask():
        answer = Answer(site, "GET", "/health")
        if answer.status == 200:
            seen.add(answer.instance)
        missing = sorted(set(wanted["instances"]) - seen)
        return not missing, {"missing": missing, "last": answer.describe()}

    result = until(wanted["seconds"], ask)
    result["seconds"] = round(time.monotonic() - began, 1)
    result["order"] = [] if result["missing"] else [
        Answer(site, "GET", "/").instance for _ in range(wanted["requests"])]
    return result


def read_back(site, wanted):
    written = Answer(site, "POST", "/notes", json.dumps({"text": wanted["text"]}))
    if written.status != 201:
        return {"error": f"writing: {written.describe()}"}
    number = json.loads(written.text)["id"]

    def ask():
        read = Answer(site, "GET", "/notes")
        found = read.status == 200 and number in [note["id"] for note in json.loads(read.text)["notes"]]
        if found and read.instance != written.instance:
            return True, {"id": number, "writer": written.instance, "reader": read.instance}
        return False, {"error": f"reading note {number} through another than {written.instance}: {read.describe()}"}

    return until(wanted["seconds"], ask)


def balancers(site, wanted):
    def ask():
        owner, missing = "", []
        for name in wanted["balancers"]:
            answer = Answer(site, "GET", f"/balancers/{name}")
            owner = answer.balancer or owner
            if answer.status != 200 or answer.text.strip() != name:
                missing.append(name)
        return not missing, {"owner": owner, "missing": missing}

    return until(wanted["seconds"], ask)


def outage(site, wanted):
    lock, good, counts = threading.Lock(), [], {"asked": 0, "failed": 0}

    def ask():
        answer = Answer(site, "GET", "/health", timeout=2.0)
        with lock:
            if answer.status == 200:
                good.append((time.monotonic(), answer.balancer))
            else:
                counts["failed"] += 1

    began = time.monotonic()
    takeover = None
    # A little longer than the take-over itself: requests that are still under way may have been answered earlier.
    while time.monotonic() - began < wanted["seconds"] and (takeover is None or time.monotonic() - takeover < 2):
        counts["asked"] += 1
        threading.Thread(target=ask, daemon=True).start()
        time.sleep(max(0.0, began + counts["asked"] * INTERVAL - time.monotonic()))
        with lock:
            others = [at for at, balancer in good if balancer != wanted["owner"]]
        takeover = min(others) if others else None
    with lock:
        mine = [at for at, balancer in good if balancer == wanted["owner"] and (takeover is None or at < takeover)]
        newcomer = next((b for at, b in sorted(good) if at == takeover), "")
    if takeover is None or not mine:
        return {**counts, "answersOfOwner": len(mine), "newOwner": newcomer}
    return {**counts, "answersOfOwner": len(mine), "newOwner": newcomer, "outageSeconds": round(takeover - max(mine), 2)}


def main():
    command, wanted = sys.argv[1], json.loads(sys.argv[2])
    site = urllib.parse.urlsplit(wanted["url"])
    run = {"answers": answers, "readBack": read_back, "balancers": balancers, "outage": outage}[command]
    print(json.dumps(run(site, wanted)))


if __name__ == "__main__":
    main()
