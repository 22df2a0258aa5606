import { invalid, MaasError, notFound } from "../errors";
import { nextNumber } from "../numbers";
import { renderPool, renderTag, renderZone } from "../render";
import { renderMachine } from "../renderMachine";
import { type Call, EMPTY, type Handler, path } from "../request";
import type { Tag, Zone } from "../state";

/** Names of zones, pools, tags and the like (maas:src/provisioningserver/utils and models' validators). */
const NAME = /^[a-zA-Z0-9]([a-zA-Z0-9 _.-]*[a-zA-Z0-9])?$/;
const TAG_NAME = /^[\w.:-]+$/;

const newName = (
  call: Call,
  taken: readonly { name: string }[],
  what: string,
  pattern = NAME,
): string => {
  const name = call.params.required("name");
  if (!pattern.test(name)) throw invalid({ name: ["Enter a valid value."] });
  if (taken.some((each) => each.name === name)) {
    throw invalid({ name: [`${what} with this Name already exists.`] });
  }
  return name;
};

const zoneOf = (call: Call): Zone => {
  const zone = call.rack.maas.zones.find((each) => each.name === path(call, "name"));
  if (zone === undefined) throw notFound("Zone");
  return zone;
};

export const zones: Handler = {
  read: ({ rack }) => rack.maas.zones.map(renderZone),
  create: (call) => {
    const { maas } = call.rack;
    const name = newName(call, maas.zones, "Physical zone");
    const zone = {
      id: nextNumber(maas, "zone"),
      name,
      description: call.params.text("description"),
    };
    maas.zones.push(zone);
    return renderZone(zone);
  },
};

export const zone: Handler = {
  read: (call) => renderZone(zoneOf(call)),
  update: (call) => {
    const found = zoneOf(call);
    const name = call.params.get("name") ?? found.name;
    for (const machine of call.rack.maas.machines) {
      if (machine.zone === found.name) machine.zone = name;
    }
    Object.assign(found, {
      name,
      description: call.params.get("description") ?? found.description,
    });
    return renderZone(found);
  },
  delete: (call) => {
    const { maas } = call.rack;
    const name = path(call, "name");
    if (name === "default") {
      throw new MaasError(400, "This zone is the default zone, it cannot be deleted.");
    }
    maas.zones = maas.zones.filter((each) => each.name !== name);
    for (const machine of maas.machines) if (machine.zone === name) machine.zone = "default";
    return EMPTY;
  },
};

const poolOf = (call: Call): Zone => {
  const wanted = path(call, "id");
  const { pools } = call.rack.maas;
  const pool =
    pools.find((each) => String(each.id) === wanted) ?? pools.find((each) => each.name === wanted);
  if (pool === undefined) throw notFound("ResourcePool");
  return pool;
};

export const resourcePools: Handler = {
  read: ({ rack }) => rack.maas.pools.map(renderPool),
  create: (call) => {
    const { maas } = call.rack;
    const name = newName(call, maas.pools, "Resource pool");
    const pool = {
      id: nextNumber(maas, "pool", 0),
      name,
      description: call.params.text("description"),
    };
    maas.pools.push(pool);
    return renderPool(pool);
  },
};

export const resourcePool: Handler = {
  read: (call) => renderPool(poolOf(call)),
  update: (call) => {
    const pool = poolOf(call);
    pool.name = call.params.get("name") ?? pool.name;
    pool.description = call.params.get("description") ?? pool.description;
    return renderPool(pool);
  },
  delete: (call) => {
    const { maas } = call.rack;
    const pool = poolOf(call);
    if (pool.id === 0) throw new MaasError(400, "This is the default pool, it cannot be deleted.");
    if (maas.machines.some((machine) => machine.pool === pool.id)) {
      throw new MaasError(400, "Can't delete pool because it still contains machines.");
    }
    maas.pools = maas.pools.filter((each) => each !== pool);
    return EMPTY;
  },
};

const tagOf = (call: Call): Tag => {
  const tag = call.rack.maas.tags.find((each) => each.name === path(call, "name"));
  if (tag === undefined) throw notFound("Tag");
  return tag;
};

export const tags: Handler = {
  read: ({ rack }) => rack.maas.tags.map(renderTag),
  create: (call) => {
    const { maas } = call.rack;
    const name = newName(call, maas.tags, "Tag", TAG_NAME);
    const tag = {
      name,
      definition: call.params.text("definition"),
      comment: call.params.text("comment"),
      kernel_opts: call.params.text("kernel_opts"),
    };
    maas.tags.push(tag);
    return renderTag(tag);
  },
};

/** The machines named in a parameter that exist; others are passed over without a word, as MAAS does. */
const named = (call: Call, parameter: string) =>
  call.rack.maas.machines.filter((machine) =>
    call.params.list(parameter).includes(machine.systemId),
  );

const updateNodes = (call: Call) => {
  const tag = tagOf(call);
  const added = named(call, "add");
  const removed = named(call, "remove");
  for (const machine of added) {
    if (!machine.tags.includes(tag.name)) machine.tags.push(tag.name);
  }
  for (const machine of removed) machine.tags = machine.tags.filter((name) => name !== tag.name);
  return { added: added.length, removed: removed.length };
};

const tagged = (call: Call): object[] => {
  const tag = tagOf(call);
  return call.rack.maas.machines
    .filter((machine) => machine.tags.includes(tag.name))
    .map((machine) => renderMachine(call.rack, machine));
};

export const tag: Handler = {
  read: (call) => renderTag(tagOf(call)),
  update: (call) => {
    const found = tagOf(call);
    const before = found.name;
    for (const field of ["name", "definition", "comment", "kernel_opts"] as const) {
      found[field] = call.params.get(field) ?? found[field];
    }
    for (const machine of call.rack.maas.machines) {
      machine.tags = machine.tags.map((name) => (name === before ? found.name : name));
    }
    return renderTag(found);
  },
  delete: (call) => {
    const found = tagOf(call);
    const { maas } = call.rack;
    maas.tags = maas.tags.filter((each) => each !== found);
    for (const machine of maas.machines) {
      machine.tags = machine.tags.filter((name) => name !== found.name);
    }
    return EMPTY;
  },
  machines: tagged,
  nodes: tagged,
  devices: (call) => (tagOf(call), []),
  "rack-controllers": (call) => (tagOf(call), []),
  "region-controllers": (call) => (tagOf(call), []),
  rebuild: (call) => ({ rebuilding: tagOf(call).name }),
  "update-nodes": updateNodes,
};
