import { JujuRack } from "./support/jujuRack";

let rack: JujuRack;

beforeEach(async () => {
  rack = new JujuRack();
  await rack.bootstrap();
});

afterEach(() => rack.stop());

const juju = async (line: string): Promise<void> => {
  const { rc, stderr } = await rack.juju(line);
  expect([line, rc, rc === 0 ? "" : stderr]).toEqual([line, 0, ""]);
};

interface Unit {
  "workload-status": { current: string; message?: string };
  subordinates?: Record<string, Unit>;
}

/** What the units of an application show, once the model has had an hour. */
const shown = async (application: string): Promise<string[]> => {
  await rack.advance(3600);
  const { applications } = await rack.json<{
    applications: Record<string, { units?: Record<string, Unit> }>;
  }>("status -m mc:os");
  const units = Object.values(applications).flatMap(({ units = {} }) =>
    Object.entries(units).flatMap(([name, unit]) => [
      [name, unit] as const,
      ...Object.entries(unit.subordinates ?? {}),
    ]),
  );
  return units
    .filter(([name]) => name.startsWith(`${application}/`))
    .map(
      ([
        ,
        {
          "workload-status": { current, message = "" },
        },
      ]) => `${current}: ${message}`,
    );
};

test("a lone monitor forms a cluster where one is all that is wanted", async () => {
  await juju("deploy ceph-mon -m mc:os --config monitor-count=3");
  expect(await shown("ceph-mon")).toEqual([
    "blocked: Insufficient peer units to bootstrap cluster (require 3)",
  ]);
  await juju("config -m mc:os ceph-mon monitor-count=1");
  expect(await shown("ceph-mon")).toEqual(["active: Unit is ready and clustered"]);
});

test("two members of a database wait for a third", async () => {
  await juju("deploy mysql-innodb-cluster -m mc:os -n 2");
  const waits = "waiting: Not all instances configured for clustering";
  expect(await shown("mysql-innodb-cluster")).toEqual([waits, waits]);
  await juju("add-unit -m mc:os mysql-innodb-cluster");
  expect((await shown("mysql-innodb-cluster")).sort()).toEqual(
    ["R/O", "R/O", "R/W"].map(
      (mode) =>
        `active: Unit is ready: Mode: ${mode}, Cluster is ONLINE and can tolerate up to ONE failure.`,
    ),
  );
});

test("a paused unit says so until it is resumed", async () => {
  await juju("deploy rabbitmq-server -m mc:os");
  await rack.advance(3600);
  await juju("run -m mc:os rabbitmq-server/0 pause");
  expect(await shown("rabbitmq-server")).toEqual([
    "maintenance: Paused. Use 'resume' action to resume normal service.",
  ]);
  await juju("run -m mc:os rabbitmq-server/0 resume");
  expect(await shown("rabbitmq-server")).toEqual(["active: Unit is ready"]);
});

test("OVN's chassis is a subordinate of Octavia as of Nova's hypervisors, and waits for certificates first", async () => {
  await juju("deploy octavia -m mc:os");
  await juju("deploy ovn-chassis octavia-ovn-chassis -m mc:os");
  await juju("integrate -m mc:os octavia:ovsdb-subordinate octavia-ovn-chassis");
  expect(await shown("octavia-ovn-chassis")).toEqual(["blocked: 'certificates' missing"]);
});
