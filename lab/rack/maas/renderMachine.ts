import type { Rack } from "../core/rack";
import { machineAddresses } from "./addresses";
import { usableSize } from "./hardware";
import { API, megabytes, renderInterface, renderPool, renderZone } from "./render";
import { type BlockDevice, type Filesystem, type Machine, STATUS_NAMES, Status } from "./state";

const renderFilesystem = (filesystem: Filesystem | null) =>
  filesystem === null
    ? null
    : {
        fstype: filesystem.fstype,
        label: filesystem.label,
        uuid: filesystem.uuid,
        mount_point: filesystem.mountPoint,
        mount_options: filesystem.mountOptions ?? null,
      };

export const renderPartition = (
  systemId: string,
  disk: BlockDevice,
  partition: BlockDevice["partitions"][number],
) => ({
  uuid: partition.uuid,
  size: partition.size,
  bootable: partition.bootable,
  tags: partition.tags ?? [],
  filesystem: renderFilesystem(partition.filesystem),
  system_id: systemId,
  id: partition.id,
  type: "partition",
  device_id: disk.id,
  path: `/dev/disk/by-dname/${disk.name}-part${disk.partitions.indexOf(partition) + 1}`,
  used_for:
    partition.filesystem === null
      ? "Unused"
      : `${partition.filesystem.fstype} formatted filesystem mounted at ${partition.filesystem.mountPoint ?? ""}`,
  resource_uri: `${API}/nodes/${systemId}/blockdevices/${disk.id}/partition/${partition.id}`,
});

const usedFor = (disk: BlockDevice): string => {
  if (disk.partitions.length > 0) {
    const count = disk.partitions.length;
    return `GPT partitioned with ${count} partition${count === 1 ? "" : "s"}`;
  }
  return disk.filesystem === null ? "Unused" : `${disk.filesystem.fstype} formatted filesystem`;
};

export const renderDisk = (systemId: string, disk: BlockDevice) => {
  const used = disk.partitions.reduce((sum, partition) => sum + partition.size, 0);
  const whole = disk.filesystem !== null;
  return {
    firmware_version: null,
    id: disk.id,
    block_size: disk.blockSize,
    partitions: disk.partitions.map((partition) => renderPartition(systemId, disk, partition)),
    system_id: systemId,
    serial: disk.serial,
    name: disk.name,
    used_size: whole ? disk.size : used,
    model: disk.model,
    path: `/dev/disk/by-dname/${disk.name}`,
    filesystem: renderFilesystem(disk.filesystem),
    size: disk.size,
    uuid: null,
    partition_table_type: disk.partitions.length > 0 ? "GPT" : null,
    id_path: disk.idPath,
    type: "physical",
    tags: disk.tags,
    used_for: usedFor(disk),
    available_size: whole ? 0 : Math.max(0, usableSize(disk) - used),
    numa_node: 0,
    storage_pool: null,
    resource_uri: `${API}/nodes/${systemId}/blockdevices/${disk.id}/`,
  };
};

export const renderDomain = (domain: {
  id: number;
  name: string;
  authoritative: boolean;
  ttl: number | null;
}) => ({
  authoritative: domain.authoritative,
  ttl: domain.ttl,
  is_default: domain.id === 0,
  id: domain.id,
  name: domain.name,
  resource_record_count: 0,
  resource_uri: `${API}/domains/${domain.id}/`,
});

/** What MAAS tells of hardware that was never looked at. */
export const UNKNOWN_HARDWARE: Record<string, string> = Object.fromEntries(
  [
    ...["system_vendor", "system_product", "system_family", "system_version", "system_sku"],
    ...["system_serial", "cpu_model", "mainboard_vendor", "mainboard_product"],
    ...["mainboard_serial", "mainboard_version", "mainboard_firmware_vendor"],
    ...["mainboard_firmware_date", "mainboard_firmware_version", "chassis_vendor"],
    ...["chassis_type", "chassis_serial", "chassis_version"],
  ].map((name) => [name, "Unknown"]),
);

const TESTS = [
  ...["testing", "cpu_test", "memory_test", "network_test", "storage_test", "interface_test"],
  "other_test",
];

const testResults = (passed: boolean): Record<string, number | string> =>
  Object.fromEntries(
    TESTS.flatMap((name): [string, number | string][] => [
      [`${name}_status`, passed ? 2 : -1],
      [`${name}_status_name`, passed ? "Passed" : "Unknown"],
    ]),
  );

/** Results of tests that never ran. */
export const UNTESTED = testResults(false);

const commissioningResult = (machine: Machine) => {
  const [number, name] =
    machine.status === Status.Commissioning
      ? [1, "Running"]
      : machine.status === Status.FailedCommissioning
        ? [3, "Failed"]
        : machine.commissioned
          ? [2, "Passed"]
          : [0, "Pending"];
  return { commissioning_status: number, commissioning_status_name: name };
};

const gateways = (rack: Rack, machine: Machine) => {
  const subnet = machine.interfaces
    .flatMap((nic) => nic.links)
    .map((link) => rack.maas.subnets.find((each) => each.id === link.subnet))
    .find((each) => each?.gateway !== undefined && each.gateway !== null);
  return {
    ipv4: { gateway_ip: subnet?.gateway ?? null, link_id: null },
    ipv6: { gateway_ip: null, link_id: null },
  };
};

const numbered = (machine: Machine): number =>
  [...machine.systemId].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);

const later = (profile: string) => {
  const minor = profile === "next" ? 9 : Number(profile.split(".")[1] ?? 4);
  return {
    hasError: minor >= 5,
    hasCrashDump: minor >= 6,
    hasDpu: minor >= 7,
    hasVmHosts: profile !== "next",
  };
};

const network = (rack: Rack, machine: Machine) => {
  const { maas } = rack;
  const interfaces = machine.interfaces.map((nic) =>
    renderInterface(maas, machine.systemId, nic, machine.interfaces),
  );
  const domain = maas.domains.find((each) => each.id === machine.domain);
  return {
    fqdn: `${machine.hostname}.${domain?.name ?? "maas"}`,
    hostname: machine.hostname,
    domain: domain === undefined ? {} : renderDomain(domain),
    ip_addresses: machineAddresses(machine),
    interface_set: interfaces,
    boot_interface:
      interfaces.find((nic) => nic.id === machine.bootInterface) ?? interfaces[0] ?? null,
    default_gateways: gateways(rack, machine),
  };
};

const storage = (machine: Machine) => {
  const disks = machine.blockDevices.map((disk) => renderDisk(machine.systemId, disk));
  return {
    storage: megabytes(machine.blockDevices.reduce((sum, disk) => sum + disk.size, 0)),
    boot_disk: disks.find((disk) => disk.id === machine.bootDisk) ?? disks[0] ?? null,
    blockdevice_set: disks,
    physicalblockdevice_set: disks,
    virtualblockdevice_set: [],
    special_filesystems: [],
    swap_size: machine.swapSize,
    bcaches: [],
    cache_sets: [],
    raids: [],
    volume_groups: [],
  };
};

/** The VM host that a machine was composed on. */
const vmHostOf = ({ maas }: Rack, { pod, systemId }: Machine) => {
  const host = (maas.plain["vm-host"] ?? []).find((each) => each.id === pod);
  if (host === undefined) return { pod: null, virtualmachine_id: null };
  const composed = maas.machines.filter((each) => each.pod !== null);
  return {
    pod: { id: host.id, name: host.name, resource_uri: `${API}/pods/${host.id}/` },
    virtualmachine_id: composed.findIndex((each) => each.systemId === systemId) + 1,
  };
};

/** A machine as every answer of the region shows it. */
export const renderMachine = (rack: Rack, machine: Machine) => {
  const { maas, profile } = rack;
  const version = later(profile.maas);
  const zone = maas.zones.find((each) => each.name === machine.zone);
  const pool = maas.pools.find((each) => each.id === machine.pool);
  return {
    system_id: machine.systemId,
    ...network(rack, machine),
    status: machine.status,
    status_name: STATUS_NAMES[machine.status] ?? "",
    status_message: machine.statusMessage,
    status_action: machine.statusAction,
    ...(version.hasError ? { error_description: machine.errorDescription } : {}),
    ...(version.hasCrashDump ? { enable_kernel_crash_dump: false } : {}),
    ...(version.hasDpu ? { is_dpu: false } : {}),
    description: machine.description,
    owner: machine.owner,
    owner_data: { ...machine.ownerData },
    workload_annotations: { ...machine.ownerData },
    locked: machine.locked,
    architecture: machine.architecture,
    cpu_count: machine.cpuCount,
    cpu_speed: machine.cpuSpeed,
    memory: machine.memory,
    ...storage(machine),
    power_state: machine.powerState,
    power_type: machine.powerType,
    osystem: machine.osystem,
    distro_series: machine.distroSeries,
    hwe_kernel: machine.hweKernel,
    min_hwe_kernel: machine.minHweKernel,
    netboot: machine.netboot,
    ephemeral_deploy: machine.ephemeralDeploy,
    enable_hw_sync: machine.enableHwSync,
    last_sync: null,
    next_sync: null,
    sync_interval: null,
    tag_names: [...machine.tags],
    zone: zone === undefined ? {} : renderZone(zone),
    pool: pool === undefined ? {} : renderPool(pool),
    ...(version.hasVmHosts ? vmHostOf(rack, machine) : {}),
    hardware_info: machine.hardwareInfo,
    hardware_uuid: machine.hardwareUuid,
    ...commissioningResult(machine),
    ...testResults(machine.commissioned),
    current_commissioning_result_id: numbered(machine),
    current_installation_result_id: null,
    current_testing_result_id: null,
    numanode_set: [
      {
        index: 0,
        memory: machine.memory,
        cores: Array.from({ length: machine.cpuCount }, (_, core) => core),
        hugepages_set: [],
      },
    ],
    node_type: 0,
    node_type_name: "Machine",
    parent: null,
    address_ttl: null,
    bios_boot_method: machine.commissioned ? "uefi" : null,
    disable_ipv4: false,
    resource_uri: `${API}/machines/${machine.systemId}/`,
  };
};
