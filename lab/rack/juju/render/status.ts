import { compact } from "./compact";
import { compareText, naturally } from "./order";
import type { Rack } from "../../core/rack";
import type { Application, Controller, JujuMachine, Model, StatusInfo, Unit } from "../state";
import { formatConstraints } from "../engine/constraints";
import { CONTROLLER_MODEL, memberStatus, primaryOf } from "../engine/highAvailability";
import { isLxd } from "../engine/lxd";
import { charmOf, findMachine, isContainer, relationsOf } from "../engine/find";
import { boundNames } from "../engine/bindings";
import { isExposed } from "../engine/expose";
import { modelState } from "../engine/mishaps";
import { subordinatesOf } from "../engine/units";
import { cloudStarts } from "../engine/cloud";
import { profileOf, slaOf } from "../profile";
import { hardwareText, networkInterfaces } from "./hardware";
import { offersShown, remotesShown } from "./offers";
import { storageDocument } from "./storage";
import { since, timeOfDay } from "./time";

/** `juju status` as data, key for key in Juju's order (cmd/juju/status/formatted.go). */

export interface Shown {
  [key: string]: unknown;
}

const SEVERITY = ["error", "blocked", "maintenance", "waiting", "active", "terminated", "unknown"];

/** A local charm as Juju names it; only the controller's is named with its architecture. */
export const charmUrl = (application: Application): string => {
  if (application.origin !== "local") return application.charm;
  const place = application.charm === "juju-controller" ? "amd64/" : "";
  return `local:${place}${application.charm}-${application.revision}`;
};

/** An application's status: the worst of its units'. */
export const overall = (application: Application): StatusInfo => {
  const [worst] = [...application.units].sort(
    (a, b) => SEVERITY.indexOf(a.workload.current) - SEVERITY.indexOf(b.workload.current),
  );
  return worst?.workload ?? { current: "unknown", message: "", since: application.created };
};

export class StatusView {
  /** Juju 4: `life` on everything, no versions of machines' agents, times only of what Juju itself sees. */
  private readonly isFour: boolean;
  private readonly cloudStarts: boolean;

  constructor(
    private readonly rack: Rack,
    private readonly controller: Controller,
    private readonly model: Model,
    private readonly utc: boolean,
  ) {
    this.isFour = profileOf(controller.agentVersion).major === 4;
    this.cloudStarts = cloudStarts(rack, model);
  }

  private state(status: StatusInfo, version = "", life = ""): Shown {
    return compact({
      current: status.current,
      message: status.message,
      since: since(status.since, this.utc),
      version,
      life: this.isFour ? life : "",
    });
  }

  /** Juju 4 keeps no times of what it hears from the cloud. */
  private timed(status: StatusInfo, shown: Shown): Shown {
    if (!this.isFour || status.current === "pending" || status.current === "started") return shown;
    const rest = { ...shown };
    delete rest.since;
    return rest;
  }

  /** Juju 4 shows no lists among a machine's constraints. */
  private shownConstraints(text: string): string {
    const shown = formatConstraints(text);
    if (!this.isFour) return shown;
    return shown
      .split(" ")
      .filter((each) => !/^(tags|zones|spaces)=/.test(each))
      .join(" ");
  }

  machine(machine: JujuMachine, containers = true): Shown {
    const { rack, model } = this;
    const inner = containers
      ? model.machines.filter((each) => each.id.startsWith(`${machine.id}/`))
      : [];
    const life = machine.life === "dying" ? "dying" : "alive";
    const started = machine.agent.current === "started";
    const version = started && !this.isFour ? this.controller.agentVersion : "";
    const named = machine.instance !== "" && !isLxd(model);
    return {
      "juju-status": this.timed(machine.agent, this.state(machine.agent, version, life)),
      ...compact({
        hostname: started || (isContainer(machine.id) && !isLxd(model)) ? machine.hostname : "",
        "dns-name": machine.addresses[0],
        "ip-addresses": machine.addresses,
        "instance-id": machine.instance === "" ? "pending" : machine.instance,
        "display-name": named ? machine.hostname : "",
      }),
      "machine-status": this.timed(
        machine.instanceStatus,
        this.state(machine.instanceStatus, "", life),
      ),
      "modification-status": this.modification(machine),
      base: { name: "ubuntu", channel: machine.base },
      ...compact({
        "network-interfaces": networkInterfaces(rack, model, machine, this.isFour),
        containers: Object.fromEntries(inner.map((each) => [each.id, this.machine(each)])),
        constraints: this.shownConstraints(machine.constraints),
        hardware: hardwareText(rack, model, machine),
        "controller-member-status": this.memberStatus(machine),
        "ha-primary": !this.isFour && primaryOf(model) === machine.id ? true : undefined,
      }),
    };
  }

  /** Juju 4's members vote among themselves, unseen. */
  private memberStatus(machine: JujuMachine): string {
    if (!this.isFour) return memberStatus(this.model, machine);
    const started = machine.agent.current === "started";
    return this.model.name === CONTROLLER_MODEL && !isContainer(machine.id) && started
      ? "no-vote"
      : "";
  }

  /** Juju 3 tells whether the LXD profiles of a container are as its charms want them. */
  private modification(machine: JujuMachine): Shown {
    if (this.isFour) return {};
    const container = isContainer(machine.id) || isLxd(this.model);
    const applied = container && machine.instanceStatus.current === "running";
    const at = applied ? machine.instanceStatus.since : machine.created;
    return { current: applied ? "applied" : "idle", since: since(at, this.utc) };
  }

  private unit(unit: Unit, application: Application): Shown {
    const address = findMachine(this.model, unit.machine)?.addresses[0];
    const subordinates = subordinatesOf(this.model, unit);
    const agent =
      this.cloudStarts && application.charm === "keystone"
        ? { ...unit.agent, current: "executing", message: "running config-changed hook" }
        : unit.agent;
    return {
      "workload-status": this.state(unit.workload),
      "juju-status": this.state(agent, unit.stage >= 3 ? this.controller.agentVersion : ""),
      ...compact({
        leader: unit.leader ? true : undefined,
        machine: unit.principal === null ? unit.machine : "",
        "open-ports": this.openPorts(unit, application),
        "public-address": unit.stage > 0 ? address : "",
        subordinates: Object.fromEntries(
          subordinates.map((each) => [each.name, this.unit(each, this.ownerOf(each))]),
        ),
      }),
    };
  }

  /** Ports of a machine are open once: they are shown at one of the units that opened them. */
  private openPorts(unit: Unit, application: Application): string[] {
    if (!unit.started) return [];
    const beside = application.units.filter(
      (each) => each.started && each.machine === unit.machine,
    );
    return beside.at(-1) === unit ? (charmOf(application).ports ?? []) : [];
  }

  private ownerOf(unit: Unit): Application {
    const owner = this.model.applications.find((each) => each.units.includes(unit));
    if (owner === undefined) throw new Error(`${unit.name} has no application`);
    return owner;
  }

  private applicationStatus(application: Application): Shown {
    if (application.units.length === 0 && this.isFour) return { current: "unknown" };
    return this.state(overall(application));
  }

  relations(application: Application, among: ReadonlySet<string>): Shown {
    const shown: Record<string, Shown[]> = {};
    for (const { relation, own, other } of relationsOf(this.model, application.name)) {
      // The model that offers does not show who has consumed it.
      if (relation.far?.side === "offer") continue;
      if (relation.far === undefined && !among.has(other.application)) continue;
      (shown[own.endpoint] ??= []).push({
        "related-application": other.application,
        interface: relation.interface,
        scope: relation.container ? "container" : "global",
      });
    }
    return Object.fromEntries(
      Object.entries(shown)
        .sort(([a], [b]) => compareText(a, b))
        .map(([endpoint, ends]) => [
          endpoint,
          ends.sort((a, b) =>
            compareText(String(a["related-application"]), String(b["related-application"])),
          ),
        ]),
    );
  }

  bindings(application: Application): Record<string, string> {
    const charm = charmOf(application);
    const fallback = application.bindings[""] ?? "alpha";
    const names = boundNames(charm, this.isFour ? 4 : 3).sort(compareText);
    if (names.length === 0) return {};
    return Object.fromEntries(
      ["", ...names].map((name) => [name, application.bindings[name] ?? fallback]),
    );
  }

  /** Relations with applications that are not shown are left out. */
  application(application: Application, among: ReadonlySet<string>): Shown {
    const { model } = this;
    const principals = relationsOf(model, application.name)
      .filter(({ relation }) => relation.container && application.subordinate)
      .map(({ other }) => other.application);
    const life = application.life === "dying" ? "dying" : this.isFour ? "alive" : "";
    const local = application.origin === "local";
    return {
      charm: local ? charmUrl(application) : application.charm,
      base: { name: "ubuntu", channel: application.base },
      "charm-origin": application.origin,
      "charm-name": application.charm,
      "charm-rev": application.revision,
      ...compact({ "charm-channel": local ? "" : application.channel }),
      exposed: isExposed(application),
      ...compact({ life }),
      "application-status": this.applicationStatus(application),
      ...compact({
        relations: this.relations(application, among),
        "subordinate-to": [...new Set(principals)].sort(compareText),
        units: application.subordinate
          ? {}
          : Object.fromEntries(
              [...application.units]
                .sort((a, b) => naturally(a.name, b.name))
                .map((unit) => [unit.name, this.unit(unit, application)]),
            ),
        version: application.units.find((unit) => unit.version !== "")?.version,
        "endpoint-bindings": this.bindings(application),
      }),
    };
  }

  document(applications = this.model.applications, machines = this.model.machines): Shown {
    const { model, controller, rack } = this;
    const among = new Set(applications.map((each) => each.name));
    return {
      model: {
        name: model.name,
        type: "iaas",
        controller: controller.name,
        cloud: controller.cloud,
        ...(controller.region === undefined ? {} : { region: controller.region }),
        version: controller.agentVersion,
        "model-status": {
          ...modelState(this.rack, model),
          since: since(model.since, this.utc),
        },
        ...slaOf(controller),
      },
      machines: Object.fromEntries(
        machines
          .filter((each) => !isContainer(each.id))
          .map((each) => [each.id, this.machine(each)]),
      ),
      applications: Object.fromEntries(
        [...applications]
          .sort((a, b) => compareText(a.name, b.name))
          .map((each) => [each.name, this.application(each, among)]),
      ),
      ...compact({
        "application-endpoints": remotesShown(rack, model, overall, (at) => since(at, this.utc)),
        offers: offersShown(rack, model),
      }),
      storage: storageDocument(model, { isFour: this.isFour, inStatus: true }),
      controller: { timestamp: timeOfDay(rack.now) },
    };
  }
}
