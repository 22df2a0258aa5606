#!/usr/bin/env python3
"""The identity commands of `openstack` that the steps give, on a JSON file: the real client needs a real Keystone."""

import json
import os
import shlex
import sys

# Where this Keystone is, if it is not where it is asked: {"answers": [URL…], "public": URL}.
PLACE = os.path.join(os.environ["HOME"], "keystone.json")
FILE = os.path.join(os.environ["HOME"], "identity.json")


def place():
    url = os.environ["OS_AUTH_URL"]
    return json.load(open(PLACE)) if os.path.exists(PLACE) else {"answers": [url], "public": url}


def load():
    if os.path.exists(FILE):
        return json.load(open(FILE))
    return {"names": [], "passwords": {}, "roles": []}


def command(state, words):
    text = " ".join(words)
    options = dict(zip(words, words[1:]))
    if text.startswith("token issue"):
        return {"id": "gAAAA-token"}
    if text.startswith("catalog list"):
        endpoint = {"interface": "public", "region": "RegionOne", "url": place()["public"]}
        return [{"Name": "keystone", "Type": "identity", "Endpoints": [endpoint]}]
    if text.startswith("role assignment list"):
        return state["roles"]
    if words[1] == "create":
        assert "--or-show" in words
        name = [w for i, w in enumerate(words) if i > 1 and not w.startswith("-") and words[i - 1] not in ("--domain", "-f")][0]
        state["names"].append(f"{words[0]} {name}")
        return {"name": name}
    if text.startswith("user set"):
        [password] = [w.split("=", 1)[1] for w in words if w.startswith("--password=")]
        if "too-simple" in password:
            print("The password does not meet the requirements. (HTTP 400)", file=sys.stderr)
            return None
        state["passwords"][words[-1]] = password
        return None
    if text.startswith("role add"):
        project = f"{options['--project']}@{options['--project-domain']}" if "--project" in options else ""
        domain = options.get("--domain", "")
        role = {"Role": words[-1], "Project": project, "Domain": domain, "Inherited": "--inherited" in words}
        if role not in state["roles"]:
            state["roles"].append(role)
        return None
    sys.exit(f"unknown command {text}")


def main():
    state = load()
    if os.environ["OS_AUTH_URL"] not in place()["answers"]:
        sys.exit(f"Failed to discover available identity versions when contacting {os.environ['OS_AUTH_URL']}.")
    user, password = os.environ["OS_USERNAME"], os.environ["OS_PASSWORD"]
    assert "BEGIN CERTIFICATE" in open(os.environ["OS_CACERT"]).read()
    if user != "admin" and state["passwords"].get(user) != password:
        sys.exit("The request you have made requires authentication. (HTTP 401)")
    if sys.argv[1:]:
        answer = command(state, sys.argv[1:])
        if answer is not None:
            print(json.dumps(answer))
    else:
        for line in sys.stdin:
            command(state, shlex.split(line))
    json.dump(state, open(FILE, "w"))


main()
