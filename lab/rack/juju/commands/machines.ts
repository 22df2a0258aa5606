import type { Call } from "../call";
import { JujuError, usage } from "../errors";
import { checkBase } from "./base";
import { spacesKnown } from "../engine/bindings";
import { constraintError, machineConstraints, parseConstraints } from "../engine/constraints";
import { findMachine, isContainer } from "../engine/find";
import { isLxd, LXD } from "../engine/lxd";
import { addMachine as add, newContainerId, newMachineId } from "../engine/machines";
import { refuseProviderPlacement } from "../engine/deploy";

const CONTAINER = /^lxd:(\d+)$/;

export const addMachine = (call: Call): number => {
  const [place = ""] = call.words;
  call.noMoreWords(1);
  const constraints = call.all("constraints").join(" ");
  const problem = constraintError(constraints);
  if (problem !== undefined) throw new JujuError(problem);
  checkBase(call);
  const count = Number(call.flag("num-units") ?? 1);
  const byHand = /^ssh:(?:[^@]*@)?(.+)$/.exec(place)?.[1];
  const made = call.inModel((model, rack) => {
    if (byHand !== undefined)
      throw new JujuError(
        `subprocess encountered error code 255 (ssh: connect to host ${byHand} port 22: Connection refused)`,
      );
    const fail = (reason: string): never => {
      call.err(`failed to create ${count} machine${count > 1 ? "s" : ""}\n`);
      throw new JujuError(reason);
    };
    const base = (call.flag("base") ?? `ubuntu@${call.profile.defaultBase}`)
      .replace(/^ubuntu@/, "")
      .replace(/\/\w+$/, "");
    const details = { base, constraints: machineConstraints(rack, model, constraints) };
    const host = CONTAINER.exec(place)?.[1];
    if (host !== undefined && findMachine(model, host) === undefined)
      fail(call.profile.words.noHostForContainer(host));
    try {
      if (host === undefined && place !== "lxd") refuseProviderPlacement(rack, model, place);
    } catch (error) {
      if (error instanceof JujuError) fail(error.message);
      throw error;
    }
    const spaces = (parseConstraints(constraints).spaces ?? "").split(",");
    const strange = spaces.find((each) => each !== "" && !spacesKnown(rack).includes(each));
    if (strange !== undefined && call.profile.major === 4)
      fail(
        `inserting machine constraints: cannot set constraints, space "${strange}" does not exist`,
      );
    const known =
      place === "" ||
      place === "lxd" ||
      host !== undefined ||
      place.includes("=") ||
      rack.maas.machines.some((each) => each.hostname === place);
    if (!known) fail(`invalid placement directive "${place}"`);
    return Array.from({ length: count }, () => {
      if (host !== undefined) {
        const id = newContainerId(model, host);
        add(rack, model, id, details);
        return `created container ${id}\n`;
      }
      const id = newMachineId(model);
      add(rack, model, id, { ...details, placement: place === "lxd" ? "" : place });
      return `created machine ${id}\n`;
    });
  });
  call.err(made.join(""));
  return 0;
};

export const retryProvisioning = (call: Call): number => {
  if (call.words.length === 0 && !call.on("all")) throw usage("no machine specified");
  call.inModel((model, rack) => {
    for (const machine of model.machines) {
      if (machine.step !== "failed" || isContainer(machine.id)) continue;
      if (!call.on("all") && !call.words.includes(machine.id)) continue;
      // A machine that MAAS has already given out is not given out again.
      if (machine.instance !== "") continue;
      // Juju 4 comes round to it only after a while.
      const later = call.profile.major === 4 ? 35_000 : 1000;
      Object.assign(machine, { step: "provision", due: rack.now + later, attempts: 0 });
      if (call.profile.major === 4) continue;
      Object.assign(machine.agent, { current: "pending", message: "", since: rack.now });
    }
  });
  return 0;
};

/** Juju 4's own space has the same id everywhere. */
const ALPHA = "656b4a82-e28c-53d6-a014-f0dd53417eb6";

const lxdSubnets = (): Record<string, unknown> => ({
  [LXD.cidr]: { type: "ipv4", "provider-id": LXD.cidr, zones: [LXD.zone] },
});

export const spaces = async (call: Call): Promise<number> => {
  const shown = call.inModel((model, rack) => {
    if (isLxd(model)) return { spaces: [{ id: ALPHA, name: "alpha", subnets: lxdSubnets() }] };
    const subnetsOf = (space: number | null): Record<string, unknown> =>
      Object.fromEntries(
        rack.maas.subnets
          .filter((subnet) => {
            const vlan = rack.maas.vlans.find((each) => each.id === subnet.vlan);
            return (vlan?.space ?? null) === space;
          })
          .map((subnet) => [
            subnet.cidr,
            {
              type: subnet.cidr.includes(":") ? "ipv6" : "ipv4",
              "provider-id": String(subnet.id),
              zones: rack.maas.zones.map((zone) => zone.name),
            },
          ]),
      );
    const own = rack.maas.spaces.map((space) => ({
      id:
        call.profile.major === 4
          ? rack.rng(`space:${model.uuid}:${space.id}`).uuid()
          : String(space.id),
      name: space.name,
      subnets: subnetsOf(space.id),
    }));
    const alpha = {
      id: call.profile.major === 4 ? ALPHA : "0",
      name: "alpha",
      subnets: own.length === 0 ? subnetsOf(null) : {},
    };
    return { spaces: [alpha, ...own] };
  });
  if (call.format === "json") call.json(shown);
  else {
    const { table } = await import("../render/tabular");
    const rows = shown.spaces.flatMap((space) =>
      Object.keys(space.subnets).length === 0
        ? [[space.name, space.id, ""]]
        : Object.keys(space.subnets).map((cidr) => [space.name, space.id, cidr]),
    );
    call.out(table([["Name", "Space ID", "Subnets"], ...rows]));
  }
  return 0;
};

export const reloadSpaces = (call: Call): number => {
  call.inModel(() => undefined);
  return 0;
};

export const addSpace = (call: Call): number => {
  call.inModel(() => undefined);
  const [name = ""] = call.words;
  if (call.profile.major === 4) {
    const [, cidr] = call.words;
    const known = call.inModel((_model, rack) =>
      rack.maas.subnets.some((each) => each.cidr === cidr),
    );
    if (cidr !== undefined && !known)
      throw new JujuError(`cannot add space "${name}": subnet "${cidr}": subnet not found`);
  }
  throw new JujuError(
    `cannot add space "${name}": modifying provider-sourced spaces not supported`,
  );
};

export const subnets = (call: Call): number => {
  const { network } = LXD;
  const ofLxd = {
    subnets: {
      [LXD.cidr]: {
        type: "ipv4",
        "provider-id": LXD.cidr,
        "provider-network-id": network,
        space: "alpha",
        zones: [LXD.zone],
      },
    },
  };
  if (call.inModel((model) => isLxd(model))) {
    call.json(ofLxd);
    return 0;
  }
  const shown = call.inModel((_model, rack) => ({
    subnets: Object.fromEntries(
      rack.maas.subnets.map((subnet) => {
        const vlan = rack.maas.vlans.find((each) => each.id === subnet.vlan);
        return [
          subnet.cidr,
          {
            type: "ipv4",
            "provider-id": String(subnet.id),
            space: rack.maas.spaces.find((each) => each.id === vlan?.space)?.name ?? "alpha",
            zones: rack.maas.zones.map((zone) => zone.name),
          },
        ];
      }),
    ),
  }));
  call.json(shown);
  return 0;
};
