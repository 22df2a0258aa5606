import { takeFault } from "../../core/faults";
import { invalid, notFound } from "../errors";
import { nextNumber } from "../numbers";
import { PythonFloat } from "../python";
import { API, renderPool, renderZone } from "../render";
import { type Call, EMPTY, type Handler, path } from "../request";
import type { PlainRecord } from "../state";

const hostsOf = (call: Call): PlainRecord[] => (call.rack.maas.plain["vm-host"] ??= []);

/** Resources that machines composed on the host have taken. */
const usedOn = (call: Call, id: number) => {
  const composed = call.rack.maas.machines.filter((machine) => machine.pod === id);
  return {
    cores: composed.reduce((sum, machine) => sum + machine.cpuCount, 0),
    memory: composed.reduce((sum, machine) => sum + machine.memory, 0),
    local_storage: composed
      .flatMap((machine) => machine.blockDevices)
      .reduce((sum, disk) => sum + disk.size, 0),
  };
};

const storagePool = (total: number, used: number) => ({
  id: "default",
  name: "default",
  type: "dir",
  path: "/var/snap/lxd/common/lxd/storage-pools/default",
  total,
  used,
  available: total - used,
  default: true,
});

/** What may be said of a host when it is made and later. */
const describe = ({ params }: Call, host: PlainRecord): void => {
  const fields = {
    name: "name",
    pool: "pool",
    zone: "zone",
    cpuRatio: "cpu_over_commit_ratio",
    memoryRatio: "memory_over_commit_ratio",
    macvlan: "default_macvlan_mode",
  };
  for (const [field, name] of Object.entries(fields)) host[field] = params.get(name) ?? host[field];
  if (params.has("tags")) host.tags = params.list("tags");
};

/** A VM host with what it has and what is left of it. */
export const renderHost = (call: Call, host: PlainRecord) => {
  const reached = host.reached === true;
  const total = reached
    ? { cores: 16, memory: 65536, local_storage: 1_000_000_000_000 }
    : { cores: 0, memory: 0, local_storage: 0 };
  const used = usedOn(call, host.id);
  const { maas } = call.rack;
  const pool = maas.pools.find((each) => each.name === (host.pool ?? "default"));
  const zone = maas.zones.find((each) => each.name === (host.zone ?? "default"));
  return {
    id: host.id,
    name: host.name,
    type: host.type,
    architectures: reached ? ["amd64/generic"] : [],
    capabilities: reached ? ["composable", "dynamic_local_storage", "over_commit"] : [],
    cpu_over_commit_ratio: new PythonFloat(Number(host.cpuRatio ?? 1)),
    memory_over_commit_ratio: new PythonFloat(Number(host.memoryRatio ?? 1)),
    default_macvlan_mode: host.macvlan ?? "",
    host: { system_id: null, __incomplete__: true },
    pool: pool === undefined ? {} : renderPool(pool),
    zone: zone === undefined ? {} : renderZone(zone),
    tags: host.tags ?? [],
    storage_pools: reached ? [storagePool(total.local_storage, used.local_storage)] : [],
    version: reached ? "5.0.2" : "",
    total,
    used,
    available: {
      cores: total.cores - used.cores,
      memory: total.memory - used.memory,
      local_storage: total.local_storage - used.local_storage,
    },
    resource_uri: `${API}/vm-hosts/${host.id}/`,
  };
};

export const hostOf = (call: Call): PlainRecord => {
  const host = hostsOf(call).find((each) => String(each.id) === path(call, "id"));
  if (host === undefined) throw notFound("Pod");
  return host;
};

export const vmHosts: Handler = {
  read: (call) => hostsOf(call).map((host) => renderHost(call, host)),
  create: (call) => {
    const type = call.params.required("type");
    if (!["lxd", "virsh"].includes(type)) {
      throw invalid({
        type: [`'${type}' is not a valid type.  It should be one of: 'lxd', 'virsh'.`],
      });
    }
    const address = call.params.required("power_address");
    const id = nextNumber(call.rack.maas, "vm-host");
    const host: PlainRecord = {
      id,
      name: `vm-host-${id}`,
      type,
      address,
      // An unreachable host is taken without a word: only its totals tell.
      reached: takeFault(call.rack, "vm-host-unreachable", address) === undefined,
    };
    describe(call, host);
    hostsOf(call).push(host);
    return renderHost(call, host);
  },
};

const tagged = (call: Call, add: boolean) => {
  const host = hostOf(call);
  const tag = call.params.required("tag");
  const others = ((host.tags ?? []) as string[]).filter((each) => each !== tag);
  host.tags = add ? [...others, tag] : others;
  return renderHost(call, host);
};

export const vmHost: Handler = {
  read: (call) => renderHost(call, hostOf(call)),
  update: (call) => {
    const host = hostOf(call);
    describe(call, host);
    return renderHost(call, host);
  },
  delete: (call) => {
    const host = hostOf(call);
    call.rack.maas.plain["vm-host"] = hostsOf(call).filter((each) => each !== host);
    call.rack.maas.machines = call.rack.maas.machines.filter((each) => each.pod !== host.id);
    return EMPTY;
  },
  refresh: (call) => renderHost(call, hostOf(call)),
  parameters: (call) => ({ power_address: hostOf(call).address }),
  "add-tag": (call) => tagged(call, true),
  "remove-tag": (call) => tagged(call, false),
};
