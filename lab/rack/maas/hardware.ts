import { takeFault } from "../core/faults";
import type { Rack } from "../core/rack";
import { nextNumber } from "./numbers";
import type { BlockDevice, Filesystem, Hardware, Interface, Machine } from "./state";

const GIB = 1024 ** 3;

/** What is behind a MAC address where the seed says nothing about hardware: a plain server. */
const plainServer = (rack: Rack, mac: string): Hardware => {
  const rng = rack.rng(`hardware:${mac}`);
  return {
    mac,
    nic: "eth0",
    cores: rng.pick([4, 8, 16]),
    memoryMiB: rng.pick([8, 16, 32]) * 1024,
    disks: [240 * GIB],
    bmc: "",
    vendor: "QEMU",
    product: "Standard PC",
  };
};

/** The hardware behind the machine's MAC addresses; the kit knows only its own five servers. */
export const hardwareOf = (rack: Rack, machine: Machine): Hardware | undefined => {
  const macs = machine.interfaces.map((nic) => nic.mac);
  const known = rack.maas.hardware.find((each) => macs.includes(each.mac));
  const [first] = macs;
  if (known !== undefined || rack.seed.name === "kit" || first === undefined) return known;
  return plainServer(rack, first);
};

export const newInterface = (rack: Rack, fields: Partial<Interface>): Interface => ({
  id: nextNumber(rack.maas, "interface"),
  name: "eth0",
  type: "physical",
  mac: "",
  vlan: null,
  enabled: true,
  tags: [],
  parents: [],
  links: [],
  params: {},
  discovered: null,
  ...fields,
});

export const newDisk = (rack: Rack, fields: Partial<BlockDevice>): BlockDevice => ({
  id: nextNumber(rack.maas, "blockDevice"),
  name: "sda",
  model: "",
  serial: "",
  idPath: "",
  size: 0,
  blockSize: 512,
  tags: [],
  partitions: [],
  filesystem: null,
  ...fields,
});

export const newFilesystem = (
  rack: Rack,
  mountPoint: string | null,
  fstype = "ext4",
): Filesystem => ({
  fstype,
  label: mountPoint === "/" ? "root" : "",
  uuid: rack.rng(`filesystem:${nextNumber(rack.maas, "filesystem")}`).uuid(),
  mountPoint,
});

const PARTITION_OVERHEAD = 8 * 1024 ** 2;

/** Usable bytes of a disk: MAAS keeps room for the partition table and counts in whole 4 MiB. */
export const usableSize = (disk: BlockDevice): number => {
  const block = 4 * 1024 ** 2;
  return Math.floor((disk.size - PARTITION_OVERHEAD) / block) * block;
};

/** The flat layout: one partition with the root file system on the boot disk; every other disk stays empty. */
export const layOutFlat = (rack: Rack, machine: Machine): void => {
  for (const disk of machine.blockDevices)
    Object.assign(disk, { partitions: [], filesystem: null });
  const boot =
    machine.blockDevices.find((disk) => disk.id === machine.bootDisk) ?? machine.blockDevices[0];
  if (boot === undefined) return;
  boot.partitions = [
    {
      id: nextNumber(rack.maas, "partition"),
      uuid: rack.rng(`partition:${machine.systemId}:${rack.now}`).uuid(),
      size: usableSize(boot),
      bootable: true,
      filesystem: newFilesystem(rack, "/"),
    },
  ];
};

/** What commissioning finds: processors, memory, disks, the boot interface on its VLAN with a link. */
export const applyHardware = (rack: Rack, machine: Machine): void => {
  // A composed machine was made to measure: only what is laid out on it is new.
  if (machine.pod !== null) {
    layOutFlat(rack, machine);
    for (const nic of machine.interfaces) linkAuto(rack, nic);
    return;
  }
  const hardware = hardwareOf(rack, machine);
  if (hardware === undefined) return;
  machine.cpuCount = hardware.cores;
  machine.cpuSpeed = 2400;
  machine.memory = hardware.memoryMiB;
  machine.hardwareUuid = rack.rng(`uuid:${hardware.mac}`).uuid();
  machine.hardwareInfo = {
    system_vendor: hardware.vendor,
    system_product: hardware.product,
    system_family: "Unknown",
    system_version: "Unknown",
    system_sku: "Unknown",
    system_serial: hardware.mac.replaceAll(":", "").toUpperCase(),
    cpu_model: "11th Gen Intel(R) Core(TM) i5-1145G7",
    mainboard_vendor: hardware.vendor,
    mainboard_product: hardware.product,
    mainboard_serial: "Unknown",
    mainboard_version: "Unknown",
    mainboard_firmware_vendor: "Intel Corp.",
    mainboard_firmware_version: "TNTGLV57.0064",
    mainboard_firmware_date: "05/24/2022",
    chassis_vendor: hardware.vendor,
    chassis_type: "Desktop",
    chassis_serial: "Unknown",
    chassis_version: "Unknown",
  };
  const wrongDisks = takeFault(rack, "wrong-disks", machine.hostname) !== undefined;
  const disks = wrongDisks ? hardware.disks.slice(0, 1) : hardware.disks;
  if (machine.blockDevices.length !== disks.length) {
    machine.blockDevices = disks.map((size, index) =>
      newDisk(rack, {
        name: `sd${String.fromCharCode(97 + index)}`,
        model: "Samsung SSD 870",
        serial: rack.rng(`disk:${hardware.mac}:${index}`).hex(12).toUpperCase(),
        size,
        tags: ["ssd"],
        idPath: `/dev/disk/by-id/ata-${rack.rng(`disk:${hardware.mac}:${index}`).hex(12)}`,
      }),
    );
    machine.bootDisk = machine.blockDevices[0]?.id ?? null;
  }
  layOutFlat(rack, machine);
  linkBootInterface(rack, machine, hardware);
};

/** An interface without links gets an AUTO one on the first subnet of its VLAN. */
const linkAuto = (rack: Rack, nic: Interface): void => {
  const subnet = rack.maas.subnets.find((each) => each.vlan === nic.vlan);
  if (nic.links.length > 0 || subnet === undefined) return;
  nic.links.push({
    id: nextNumber(rack.maas, "link"),
    mode: "auto",
    subnet: subnet.id,
    address: null,
  });
};

const linkBootInterface = (rack: Rack, machine: Machine, hardware: Hardware): void => {
  const boot = machine.interfaces.find((nic) => nic.mac === hardware.mac) ?? machine.interfaces[0];
  if (boot === undefined) return;
  boot.name =
    takeFault(rack, "nic-missing", machine.hostname) === undefined ? hardware.nic : "eth9";
  machine.bootInterface = boot.id;
  boot.vlan ??= rack.maas.vlans[0]?.id ?? null;
  linkAuto(rack, boot);
};
