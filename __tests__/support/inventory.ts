/** Counts what a stack made, asked of the cloud's own APIs and of the rack's commands as their administrator. */
import { request } from "node:https";
import type { Checkout } from "./checkout";

type Thing = Record<string, unknown>;

interface Answer {
  body: unknown;
  token: string;
}

interface SiteFile {
  caCertificatePem: string;
  lab: { adminPassword: string };
}

function call(
  url: string,
  ca: string,
  headers: Record<string, string>,
  body?: object,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const sent = request(
      url,
      { method, ca, agent: false, headers: { "content-type": "application/json", ...headers } },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => (text += part));
        answer.on("end", () => {
          const status = answer.statusCode ?? 0;
          if (status >= 300) reject(new Error(`${method} ${url}: HTTP ${status}: ${text}`));
          else
            resolve({
              body: JSON.parse(text),
              token: String(answer.headers["x-subject-token"] ?? ""),
            });
        });
      },
    );
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** What the stack of Pulumi.dev.yaml makes, and no more. */
export const WHOLE = {
  servers: ["notes-api1", "notes-api2", "notes-db", "notes-lb1", "notes-lb2"],
  images: ["guest"],
  networks: ["ext_net", "notes-network"],
  routers: ["notes-router"],
  floatingIps: 1,
  volumes: ["notes-database"],
  groups: ["default", "notes-api", "notes-balancer", "notes-database"],
  ports: ["notes-api1", "notes-api2", "notes-db", "notes-lb1", "notes-lb2", "notes-shared"],
  jujuMachines: ["0", "1", "2"],
  applications: 26,
  // Each number once, from 0: a unit that was made again would have a higher one.
  units: [
    "ceph-mon/0",
    "ceph-mon/1",
    "ceph-mon/2",
    "ceph-osd/0",
    "ceph-osd/1",
    "ceph-osd/2",
    "ceph-radosgw/0",
    "cinder/0",
    "glance/0",
    "keystone/0",
    "mysql-innodb-cluster/0",
    "mysql-innodb-cluster/1",
    "mysql-innodb-cluster/2",
    "neutron-api/0",
    "nova-cloud-controller/0",
    "nova-compute/0",
    "nova-compute/1",
    "nova-compute/2",
    "openstack-dashboard/0",
    "ovn-central/0",
    "ovn-central/1",
    "ovn-central/2",
    "placement/0",
    "rabbitmq-server/0",
    "vault/0",
  ],
  machines: [
    "server1 Deployed",
    "server2 Ready",
    "server3 Deployed",
    "server4 Deployed",
    "server5 Deployed",
  ],
};

const sorted = (names: string[]) => names.sort((a, b) => a.localeCompare(b));

async function cloud(checkout: Checkout) {
  const site = checkout.json(".private-cloud/dev/site.json") as SiteFile;
  const ca = site.caCertificatePem;
  const at = (port: number, path: string) => `https://${checkout.address}:${port}${path}`;
  const domain = { name: "admin_domain" };
  const user = { name: "admin", domain, password: site.lab.adminPassword };
  const login = await call(
    at(5000, "/v3/auth/tokens"),
    ca,
    {},
    {
      auth: {
        identity: { methods: ["password"], password: { user } },
        scope: { project: { name: "admin", domain } },
      },
    },
  );
  const own = (login.body as { token: { project: { id: string } } }).token.project.id;
  const list = async (port: number, path: string, key: string): Promise<Thing[]> =>
    (
      (await call(at(port, path), ca, { "x-auth-token": login.token })).body as Record<
        string,
        Thing[]
      >
    )[key] ?? [];
  const names = (things: Thing[]) => sorted(things.map((thing) => String(thing["name"])));
  const [project] = await list(5000, "/v3/projects?name=notes", "projects");
  const id = String(project?.["id"]);
  return {
    servers: names(await list(8774, "/v2.1/servers?all_tenants=1", "servers")),
    images: names(await list(9292, "/v2/images", "images")),
    networks: names(await list(9696, "/v2.0/networks", "networks")),
    routers: names(await list(9696, "/v2.0/routers", "routers")),
    floatingIps: (await list(9696, "/v2.0/floatingips", "floatingips")).length,
    volumes: names(await list(8776, `/v3/${own}/volumes/detail?all_tenants=1`, "volumes")),
    groups: names(await list(9696, `/v2.0/security-groups?project_id=${id}`, "security_groups")),
    // Those of the router and of its address have no name.
    ports: names(await list(9696, `/v2.0/ports?project_id=${id}`, "ports")).filter((n) => n !== ""),
  };
}

function rack(checkout: Checkout) {
  const read = (command: string) => checkout.inLab(["su", "cloud", "-c", command]);
  const model = JSON.parse(read("juju status -m maas-controller:openstack --format json")) as {
    machines: Record<string, unknown>;
    applications: Record<string, { units?: Record<string, unknown> }>;
  };
  const machines = JSON.parse(read("maas private-cloud machines read")) as {
    hostname: string;
    status_name: string;
  }[];
  const units = Object.values(model.applications).flatMap(({ units = {} }) => Object.keys(units));
  return {
    jujuMachines: Object.keys(model.machines),
    applications: Object.keys(model.applications).length,
    units: sorted(units),
    machines: sorted(machines.map((m) => `${m.hostname} ${m.status_name}`)),
  };
}

/** Everything of the running lab that {@link WHOLE} names, and the units of the model. */
export async function inventory(checkout: Checkout) {
  return { ...(await cloud(checkout)), ...rack(checkout) };
}
