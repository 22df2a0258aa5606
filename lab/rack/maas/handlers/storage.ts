import { conflict, invalid, notFound } from "../errors";
import { newDisk, newFilesystem, usableSize } from "../hardware";
import { machineFor } from "../machines";
import { nextNumber } from "../numbers";
import { renderDisk, renderPartition } from "../renderMachine";
import { type Call, EMPTY, type Handler, path } from "../request";
import { type BlockDevice, type Filesystem, type Machine, type Partition, Status } from "../state";

const machineOf = (call: Call, change?: string): Machine => {
  const permission = change === undefined ? "view" : "edit";
  const machine = machineFor(call.rack, call.user, path(call, "system_id"), permission);
  const ready = machine.status === Status.Ready || machine.status === Status.Allocated;
  if (change !== undefined && !ready) {
    throw conflict(`Cannot ${change} because the machine is not Ready or Allocated.`);
  }
  return machine;
};

const diskOf = (call: Call, machine: Machine, name: string): BlockDevice => {
  const wanted = path(call, name);
  const disk = machine.blockDevices.find(
    (each) => String(each.id) === wanted || each.name === wanted,
  );
  if (disk === undefined) throw notFound("BlockDevice");
  return disk;
};

const create = (call: Call) => {
  const machine = machineFor(call.rack, call.user, path(call, "system_id"), "admin");
  const { params } = call;
  const name = params.required("name");
  const disk = newDisk(call.rack, {
    name,
    model: params.text("model"),
    serial: params.text("serial"),
    idPath: params.text("id_path"),
    size: Number(params.required("size")),
    blockSize: Number(params.required("block_size")),
    tags: params.list("tags"),
  });
  if (!(disk.size >= 4 * 1024 ** 2)) {
    throw invalid({ size: ["Ensure this value is greater than or equal to 4194304."] });
  }
  machine.blockDevices.push(disk);
  machine.bootDisk ??= disk.id;
  return renderDisk(machine.systemId, disk);
};

const disk =
  (
    change: string | undefined,
    operation: (call: Call, disk: BlockDevice, machine: Machine) => void,
  ) =>
  (call: Call) => {
    const machine = machineOf(call, change);
    const found = diskOf(call, machine, "id");
    operation(call, found, machine);
    return renderDisk(machine.systemId, found);
  };

const mount = (call: Call, filesystem: Filesystem | null): void => {
  if (filesystem === null) throw invalid({ __all__: ["Cannot mount: no filesystem."] });
  filesystem.mountPoint = call.params.required("mount_point");
  filesystem.mountOptions = call.params.get("mount_options") ?? null;
};

const unmount = (filesystem: Filesystem): void => {
  Object.assign(filesystem, { mountPoint: null, mountOptions: null });
};

const format = (call: Call): Filesystem => ({
  ...newFilesystem(call.rack, null, call.params.required("fstype")),
  label: call.params.text("label"),
});

const tag = (tags: string[], name: string, add: boolean): string[] => [
  ...tags.filter((each) => each !== name),
  ...(add ? [name] : []),
];

export const blockDevices: Handler = {
  read: (call) => {
    const machine = machineOf(call);
    return machine.blockDevices.map((each) => renderDisk(machine.systemId, each));
  },
  create,
};

export const blockDevice: Handler = {
  read: disk(undefined, () => undefined),
  update: disk("update block device", (call, found) => {
    found.name = call.params.get("name") ?? found.name;
    found.model = call.params.get("model") ?? found.model;
    found.serial = call.params.get("serial") ?? found.serial;
    found.size = Number(call.params.get("size") ?? found.size);
    if (call.params.has("tags")) found.tags = call.params.list("tags");
  }),
  delete: (call) => {
    const machine = machineOf(call, "delete block device");
    const found = diskOf(call, machine, "id");
    machine.blockDevices = machine.blockDevices.filter((each) => each !== found);
    if (machine.bootDisk === found.id) machine.bootDisk = machine.blockDevices[0]?.id ?? null;
    return EMPTY;
  },
  "add-tag": disk(undefined, (call, found) => {
    found.tags = tag(found.tags, call.params.required("tag"), true);
  }),
  "remove-tag": disk(undefined, (call, found) => {
    found.tags = tag(found.tags, call.params.required("tag"), false);
  }),
  format: disk("format block device", (call, found) => {
    found.filesystem = format(call);
  }),
  unformat: disk("unformat block device", (_call, found) => {
    found.filesystem = null;
  }),
  mount: disk("mount block device", (call, found) => mount(call, found.filesystem)),
  unmount: disk("unmount block device", (_call, found) => {
    if (found.filesystem !== null) unmount(found.filesystem);
  }),
  "set-boot-disk": (call) => {
    const machine = machineOf(call, "set boot disk");
    machine.bootDisk = diskOf(call, machine, "id").id;
    return null;
  },
};

const partitionOf = (call: Call, found: BlockDevice): Partition => {
  const partition = found.partitions.find((each) => String(each.id) === path(call, "id"));
  if (partition === undefined) throw notFound("Partition");
  return partition;
};

const part =
  (change: string | undefined, operation: (call: Call, partition: Partition) => void) =>
  (call: Call) => {
    const machine = machineOf(call, change);
    const found = diskOf(call, machine, "device_id");
    const partition = partitionOf(call, found);
    operation(call, partition);
    return renderPartition(machine.systemId, found, partition);
  };

export const partitions: Handler = {
  read: (call) => {
    const machine = machineOf(call);
    const found = diskOf(call, machine, "device_id");
    return found.partitions.map((each) => renderPartition(machine.systemId, found, each));
  },
  create: (call) => {
    const machine = machineOf(call, "create partition");
    const found = diskOf(call, machine, "device_id");
    const used = found.partitions.reduce((sum, each) => sum + each.size, 0);
    const free = usableSize(found) - used;
    const size = Number(call.params.get("size") ?? free);
    if (!(size > 0) || size > free) {
      throw invalid({ size: [`Ensure this value is less than or equal to ${free}.`] });
    }
    const id = nextNumber(call.rack.maas, "partition");
    const partition: Partition = {
      id,
      uuid: call.rack.rng(`partition:${id}`).uuid(),
      size,
      bootable: call.params.flag("bootable"),
      filesystem: null,
    };
    found.partitions.push(partition);
    return renderPartition(machine.systemId, found, partition);
  },
};

export const partition: Handler = {
  read: part(undefined, () => undefined),
  delete: (call) => {
    const machine = machineOf(call, "delete partition");
    const found = diskOf(call, machine, "device_id");
    const partition = partitionOf(call, found);
    found.partitions = found.partitions.filter((each) => each !== partition);
    return EMPTY;
  },
  format: part("format partition", (call, each) => {
    each.filesystem = format(call);
  }),
  unformat: part("unformat partition", (_call, each) => {
    each.filesystem = null;
  }),
  mount: part("mount partition", (call, each) => mount(call, each.filesystem)),
  unmount: part("unmount partition", (_call, each) => {
    if (each.filesystem !== null) unmount(each.filesystem);
  }),
  "add-tag": part(undefined, (call, each) => {
    each.tags = tag(each.tags ?? [], call.params.required("tag"), true);
  }),
  "remove-tag": part(undefined, (call, each) => {
    each.tags = tag(each.tags ?? [], call.params.required("tag"), false);
  }),
};
