/** The charms that the simulated charm store has. A new charm is a table in a file of its own, listed here; no other code. */
import { charm as cephMon } from "./ceph-mon";
import { charm as cephOsd } from "./ceph-osd";
import { charm as cephRadosgw } from "./ceph-radosgw";
import { charm as cinder } from "./cinder";
import { charm as cinderCeph } from "./cinder-ceph";
import { charm as cinderLvm } from "./cinder-lvm";
import { charm as glance } from "./glance";
import { charm as grafana } from "./grafana";
import { charm as heat } from "./heat";
import { charm as jujuController } from "./juju-controller";
import { charm as jujuDashboard } from "./juju-dashboard";
import { charm as keystone } from "./keystone";
import { charm as mysqlInnodbCluster } from "./mysql-innodb-cluster";
import { charm as mysqlRouter } from "./mysql-router";
import { charm as neutronApi } from "./neutron-api";
import { charm as neutronApiPluginOvn } from "./neutron-api-plugin-ovn";
import { charm as novaCloudController } from "./nova-cloud-controller";
import { charm as novaCompute } from "./nova-compute";
import { charm as ntp } from "./ntp";
import { charm as octavia } from "./octavia";
import { charm as openstackDashboard } from "./openstack-dashboard";
import { charm as ovnCentral } from "./ovn-central";
import { charm as ovnChassis } from "./ovn-chassis";
import { charm as placement } from "./placement";
import { charm as prometheus2 } from "./prometheus2";
import { charm as rabbitmqServer } from "./rabbitmq-server";
import { charm as vault } from "./vault";
import { charm as localJujuController } from "./local/juju-controller";
import { charm as localKeystone } from "./local/keystone";
import { charm as localMysqlInnodbCluster } from "./local/mysql-innodb-cluster";
import { charm as localNovaCompute } from "./local/nova-compute";
import { charm as localOvnChassis } from "./local/ovn-chassis";
import { charm as localVault } from "./local/vault";
import type { Charm } from "./types";

const CHARMS: readonly Charm[] = [
  cephMon,
  cephOsd,
  cephRadosgw,
  cinder,
  cinderCeph,
  cinderLvm,
  glance,
  grafana,
  heat,
  jujuController,
  jujuDashboard,
  keystone,
  mysqlInnodbCluster,
  mysqlRouter,
  neutronApi,
  neutronApiPluginOvn,
  novaCloudController,
  novaCompute,
  ntp,
  octavia,
  openstackDashboard,
  ovnCentral,
  ovnChassis,
  placement,
  prometheus2,
  rabbitmqServer,
  vault,
];

/** Charms that come as a file: the ones that recordings of real controllers were made with. */
const LOCAL_CHARMS: readonly Charm[] = [
  localJujuController,
  localKeystone,
  localMysqlInnodbCluster,
  localNovaCompute,
  localOvnChassis,
  localVault,
];

const named = (charms: readonly Charm[]): Map<string, Charm> =>
  new Map(charms.map((charm) => [charm.name, charm]));

const stored = named(CHARMS);
const local = named(LOCAL_CHARMS);

/** The table of a charm; undefined where the store has none of that name, or no file of it is known. */
export const findCharm = (
  name: string,
  origin: "charmhub" | "local" = "charmhub",
): Charm | undefined => (origin === "local" ? local : stored).get(name);

export const charmNames = (): string[] => [...stored.keys()];

export const localCharmNames = (): string[] => [...local.keys()];
