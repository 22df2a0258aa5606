"""Drives the juju command with Canonical's client, and says as JSON what it saw: python jubilant_drives.py JUJU MAAS_URL KEY."""

import json
import sys

import jubilant

binary, maas_url, key = sys.argv[1:]
juju = jubilant.Juju(cli_binary=binary, wait_timeout=120)
seen: dict[str, object] = {"version": str(juju.version())}

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
juju.remove_secret(uri)
seen["secrets-left"] = juju.secrets()

juju.offer("monitor", endpoint="grafana-source", name="graphs")
other = jubilant.Juju(cli_binary=binary)
other.add_model("other", controller="mc")
other.consume("work.graphs", "remote", controller="mc")
seen["offers"] = sorted(juju.status().offers)
seen["remote"] = {name: app.app_status.current for name, app in other.status().app_endpoints.items()}
other.destroy_model("mc:other", destroy_storage=True)

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
