"""Drives the juju command with Canonical's client, and says as JSON what it saw: python jubilant_drives.py JUJU MAAS_URL KEY."""

import json
import pathlib
import sys
import zipfile

import jubilant
from jubilant import modeltypes, secrettypes, statustypes, unittypes

binary, maas_url, key = sys.argv[1:]
juju = jubilant.Juju(cli_binary=binary, wait_timeout=120)
seen: dict[str, object] = {"version": str(juju.version())}


# Members that are taken as they are, whatever is in them.
MAPS = {"application-data", "data", "endpoint-bindings"}


class Read(dict):
    """An object of JSON that knows which of its members somebody looked at."""

    def __init__(self, members=()):
        super().__init__(members)
        self.looked = set()

    def __getitem__(self, key):
        self.looked.add(key)
        return super().__getitem__(key)

    def get(self, key, default=None):
        self.looked.add(key)
        return super().get(key, default)

    def items(self):
        self.looked.update(self)
        return super().items()


def unread(value, path=""):
    """Where an answer has members that the client's own types do not know."""
    if isinstance(value, list):
        return [found for each in value for found in unread(each, f"{path}[]")]
    if not isinstance(value, Read):
        return []
    here = [f"{path}.{key}" for key in value.keys() - value.looked]
    further = (value.looked & value.keys()) - MAPS
    return here + [found for key in further for found in unread(dict.__getitem__(value, key), f"{path}.{key}")]


def strange(kind, *words, each=False, by=juju):
    """Members of this command's answer that the client's type for it does not know; raises where one is missing."""
    named = words[0] == "show-model"
    line = [*words, *([by.model] if named else []), "--format", "json"]
    answer = json.loads(by.cli(*line, include_model=not named), object_pairs_hook=Read)
    for name, part in answer.items() if each else [("", answer)]:
        if kind is secrettypes.Secret:
            part["uri"] = name
        kind._from_dict(part)
    return sorted(unread(answer))


def charm_file(name):
    """A charm that nobody knows, as a file."""
    path = pathlib.Path(name)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("metadata.yaml", "{name: tiny, summary: Tiny, resources: {site: {type: file, filename: site.tar}}}")
        file.writestr("config.yaml", "options: {greeting: {type: string, default: '', description: Said first}}")
        file.writestr("actions.yaml", "greet: {description: Says hello, additionalProperties: true}")
        file.writestr("manifest.yaml", "bases: [{name: ubuntu, channel: '22.04', architectures: [amd64]}]")
    return path.absolute()


juju.add_cloud(
    "maas-one",
    definition={"clouds": {"maas-one": {"type": "maas", "auth-types": ["oauth1"], "endpoint": maas_url}}},
    client=True,
)
juju.add_credential(
    "maas-one",
    {"credentials": {"maas-one": {"admin": {"auth-type": "oauth1", "maas-oauth": key}}}},
    client=True,
)
juju.bootstrap("maas-one", "mc", bootstrap_constraints={"mem": "2G"})
juju.add_model("work", controller="mc", config={"update-status-hook-interval": "5m"})
juju.model = "mc:work"
seen["empty"] = sorted(juju.status().apps)

juju.deploy("prometheus2", "monitor", channel="stable", constraints={"mem": "2G"}, config={"web-listen-port": 9091})
juju.deploy("grafana", channel="stable", to="0")
juju.deploy("vault", channel="1.8/stable", to="lxd:0")
juju.deploy("ntp")
juju.integrate("ntp", "monitor")
juju.integrate("monitor:grafana-source", "grafana:grafana-source")
status = juju.wait(lambda s: jubilant.all_active(s, "monitor", "grafana", "ntp") and jubilant.all_agents_idle(s))
juju.wait(lambda s: jubilant.all_blocked(s, "vault"))
seen["apps"] = {name: app.app_status.current for name, app in status.apps.items()}
seen["related"] = sorted(each.related_app for each in status.apps["grafana"].relations["grafana-source"])
seen["subordinates"] = sorted(status.get_units("ntp"))
seen["model"] = [status.model.name, status.model.type, status.model.cloud]
seen["machine"] = status.machines["0"].machine_status.current
seen["base"] = status.machines["0"].base.name

juju.config("monitor", {"web-listen-port": 9095})
seen["config"] = juju.config("monitor")["web-listen-port"]
juju.config("monitor", reset="web-listen-port")
seen["reset"] = juju.config("monitor")["web-listen-port"]
seen["app-config"] = juju.config("monitor", app_config=True)["trust"]
juju.trust("monitor")
seen["trusted"] = juju.config("monitor", app_config=True)["trust"]
juju.model_config({"automatically-retry-hooks": False})
seen["model-config"] = juju.model_config()["automatically-retry-hooks"]
juju.model_config(reset="automatically-retry-hooks")
juju.model_constraints({"mem": "1G"})
seen["constraints"] = juju.model_constraints()

task = juju.exec("hostname", unit="monitor/0")
seen["exec"] = [task.status, task.return_code, task.stdout != ""]
try:
    juju.exec("exit 3", unit="monitor/0")
except jubilant.TaskError as error:
    seen["exec-error"] = [error.task.status, error.task.return_code]
try:
    juju.run("vault/0", "get-root-ca")
except jubilant.TaskError as error:
    seen["run-error"] = [error.task.status, error.task.message != ""]
try:
    juju.run("vault/9", "get-root-ca")
except ValueError as error:
    seen["no-unit"] = "not found" in str(error)
seen["run"] = juju.run("grafana/0", "get-admin-password").status
try:
    juju.deploy("nosuchcharm")
except jubilant.CLIError as error:
    seen["no-charm"] = [error.returncode, error.stderr.startswith("ERROR ")]

uri = juju.add_secret("s1", {"user-name": "usr", "password": "hunter2"}, info="A description.")
juju.update_secret("s1", {"user-name": "usr2", "password": "hunter3"})
juju.grant_secret(uri, "monitor")
revealed = juju.show_secret("s1", reveal=True)
seen["secret"] = [revealed.name, revealed.revision, revealed.content, revealed.owner]
seen["first"] = juju.show_secret(uri, reveal=True, revision=1).content
seen["revisions"] = [each.revision for each in juju.show_secret("s1", revisions=True).revisions or []]
seen["access"] = [each.target for each in juju.show_secret("s1").access or []]
seen["secrets"] = [each.name for each in juju.secrets()]
seen["strange-secrets"] = [
    *strange(secrettypes.Secret, "secrets", each=True),
    *strange(secrettypes.Secret, "show-secret", "s1", each=True),
    *strange(secrettypes.Secret, "show-secret", "s1", "--revisions", each=True),
]
juju.remove_secret(uri)
seen["secrets-left"] = juju.secrets()

juju.offer("monitor", endpoint="grafana-source", name="graphs")
other = jubilant.Juju(cli_binary=binary)
other.add_model("other", controller="mc")
other.consume("work.graphs", "remote", controller="mc")
seen["offers"] = sorted(juju.status().offers)
seen["remote"] = {name: app.app_status.current for name, app in other.status().app_endpoints.items()}
seen["strange"] = [
    *strange(statustypes.Status, "status"),
    *strange(statustypes.Status, "status", by=other),
    *strange(modeltypes.ModelInfo, "show-model", each=True),
    *strange(unittypes.UnitInfo, "show-unit", "monitor/0", each=True),
    *strange(unittypes.UnitInfo, "show-unit", "ntp/0", each=True),
]
other.destroy_model("mc:other", destroy_storage=True)

site = pathlib.Path("site.tar")
site.write_bytes(b"")
tiny = charm_file("tiny_amd64.charm")
juju.deploy(tiny, to="0", resources={"site": str(site.absolute())}, config={"greeting": "Good day"})
status = juju.wait(lambda s: jubilant.all_agents_idle(s, "tiny"))
seen["tiny"] = [status.apps["tiny"].charm, status.apps["tiny"].units["tiny/0"].workload_status.current]
seen["greeting"] = juju.config("tiny")["greeting"]
seen["greet"] = juju.run("tiny/leader", "greet", {"name": "you"}).status
seen["ssh"] = juju.ssh("tiny/0", "echo", "here")
for late in (
    lambda: juju.run("tiny/0", "greet", wait=0.001),
    lambda: juju.exec("sleep 1", unit="tiny/0", wait=0.001),
):
    try:
        late()
    except TimeoutError:
        seen["late"] = seen.get("late", 0) + 1
juju.refresh("tiny", path=tiny)
status = juju.wait(lambda s: jubilant.all_agents_idle(s, "tiny"))
seen["refreshed"] = status.apps["tiny"].charm
juju.remove_application("tiny", force=True)

stack = {"clouds": {"stack": {"type": "openstack", "auth-types": ["userpass"], "regions": {"one": {}}}}}
juju.add_cloud("stack", stack, controller="mc")
stack["clouds"]["stack"]["regions"]["one"]["endpoint"] = "https://stack.example:5000/v3"
juju.update_cloud("stack", stack, controller="mc")
seen["cloud"] = "https://stack.example:5000/v3" in juju.cli("show-cloud", "-c", "mc", "stack", include_model=False)
public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43 + " me@here"
juju.add_ssh_key(public_key)
seen["key"] = "me@here" in juju.cli("ssh-keys")
juju.remove_ssh_key("me@here")
seen["key-left"] = "me@here" in juju.cli("ssh-keys")

juju.deploy("ceph-osd", channel="quincy/stable", to="0", storage={"osd-devices": "loop,1G"})
status = juju.wait(lambda s: any(each.status.current == "attached" for each in s.storage.storage.values()))
seen["storage"] = [[name, each.kind] for name, each in status.storage.storage.items()]
seen["strange-storage"] = strange(statustypes.Status, "status")

juju.add_unit("grafana", to="lxd:0")
juju.wait(lambda s: len(s.apps["grafana"].units) == 2 and jubilant.all_active(s, "grafana"))
juju.remove_unit("grafana/1")
juju.wait(lambda s: len(s.apps["grafana"].units) == 1)
juju.refresh("grafana", channel="stable")
info = juju.show_unit("monitor/0")
seen["unit"] = [info.leader, info.life, info.machine, bool(info.relation_info)]
model = juju.show_model()
seen["show-model"] = [model.short_name, model.life, model.is_controller, model.credential.name if model.credential else ""]
seen["log"] = juju.debug_log(limit=5) != ""
juju.remove_relation("monitor:grafana-source", "grafana:grafana-source")
juju.remove_application("grafana", destroy_storage=True)
juju.wait(lambda s: "grafana" not in s.apps)
juju.destroy_model("mc:work", destroy_storage=True, force=True)
try:
    jubilant.Juju(model="mc:work", cli_binary=binary).status()
except jubilant.CLIError as error:
    seen["gone"] = "not found" in error.stderr

print(json.dumps(seen))
