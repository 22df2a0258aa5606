/**
 * The whole path through the commands that people use, in a lab without real virtual machines: killed in four places on the way
 * up, counted, run again without a change, taken down.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Checkout, eventually, tail, type Ended } from "../support/checkout";

const ADDRESS = "127.0.53.1";
const MINUTES = 60_000;

interface Thing {
  Name?: string;
  name?: string;
}

describe("the whole path in a light lab", () => {
  let checkout: Checkout;
  let last: Ended;

  beforeAll(() => {
    checkout = new Checkout(ADDRESS);
  });
  afterAll(async () => {
    await checkout.command("down");
    checkout.remove();
  }, 5 * MINUTES);

  const outputs = async () =>
    JSON.parse(
      (
        await checkout.command(
          "pulumi",
          "stack",
          "output",
          "--json",
          "--show-secrets",
          "--stack",
          "dev",
        )
      ).stdout,
    ) as Record<string, never>;

  /** The cloud's own administrator, as the site file has it; `lab enter` hands OS_ variables on. */
  const administrator = (): NodeJS.ProcessEnv => ({
    OS_AUTH_URL: `https://${ADDRESS}:5000/v3`,
    OS_CACERT: "/lab/run/ca.crt",
    OS_IDENTITY_API_VERSION: "3",
    OS_REGION_NAME: "RegionOne",
    OS_USERNAME: "admin",
    OS_PROJECT_NAME: "admin",
    OS_USER_DOMAIN_NAME: "admin_domain",
    OS_PROJECT_DOMAIN_NAME: "admin_domain",
    OS_PASSWORD: (
      checkout.json(".private-cloud/dev/site.json") as { lab: { adminPassword: string } }
    ).lab.adminPassword,
  });

  /** Starts `up`, and kills its `pulumi` with SIGKILL as soon as a row of its display says `row`. */
  async function killAt(row: RegExp): Promise<Ended> {
    const { child, ended } = checkout.start(["up", "--light"]);
    let seen = "";
    child.stdout?.on("data", (text: string) => (seen += text));
    let over = false;
    void ended.then(() => (over = true));
    await eventually(`a row ${row}`, 600, () => over || row.test(seen));
    expect(over ? tail(await ended) : "").toBe("");
    const record = checkout.json(".private-cloud/run/current.json") as {
      pulumi: { pid: number }[];
    };
    process.kill(record.pulumi.at(-1)?.pid ?? 0, "SIGKILL");
    return ended;
  }

  test.each([
    ["the bootstrap", /controller-bootstrap creating/],
    ["the bundle", /bundle-deploy creating/],
    ["Vault's initialisation", /vault-ready creating/],
    ["the creation of instances", /app-api1 creating/],
  ])(
    "killed in the middle of %s it ends with a sentence that says what to do",
    async (_where, row) => {
      const killed = await killAt(row);
      expect(killed.status).not.toBe(0);
      expect(killed.stderr).toMatch(/npm run up.*again/);
      // What the killed run left running has been ended with it.
      const locks = join(
        checkout.project,
        ".private-cloud/state/.pulumi/locks/organization/private-cloud/dev",
      );
      expect(readdirSync(locks).filter((name) => name.endsWith(".json"))).toHaveLength(1);
    },
    15 * MINUTES,
  );

  test(
    "the next run settles what was left and finishes",
    async () => {
      last = await checkout.command("up", "--light");
      expect(last.status === 0 ? "" : tail(last)).toBe("");
      expect(last.stderr).toMatch(/removed 1 lock\(s\) of the killed run/);
      expect(last.stdout).toMatch(/Verification of .*: all good/);
    },
    15 * MINUTES,
  );

  test("nothing was made twice, in OpenStack and on the rack", () => {
    const list = (...argv: string[]) =>
      (
        JSON.parse(checkout.inLab(["openstack", ...argv, "-f", "json"], administrator())) as Thing[]
      ).map((t) => t.Name ?? t.name ?? "");
    const project = "--project notes --project-domain admin_domain";
    expect(list("server", "list", "--all-projects").sort()).toEqual([
      "notes-api1",
      "notes-api2",
      "notes-db",
      "notes-lb1",
      "notes-lb2",
    ]);
    expect(list("image", "list")).toEqual(["guest"]);
    expect(list("network", "list").sort()).toEqual(["ext_net", "notes-network"]);
    expect(list("router", "list")).toEqual(["notes-router"]);
    expect(list("floating", "ip", "list")).toHaveLength(1);
    expect(list("volume", "list", "--all-projects")).toEqual(["notes-database"]);
    expect(list("security", "group", "list", ...project.split(" ")).sort()).toEqual([
      "default",
      "notes-api",
      "notes-balancer",
      "notes-database",
    ]);
    const ports = list("port", "list", ...project.split(" ")).filter((name) => name !== "");
    expect(new Set(ports).size).toBe(ports.length);
    expect(ports.sort()).toEqual([
      "notes-api1",
      "notes-api2",
      "notes-db",
      "notes-lb1",
      "notes-lb2",
      "notes-shared",
    ]);

    const rack = JSON.parse(
      checkout.inLab([
        "su",
        "cloud",
        "-c",
        "juju status -m maas-controller:openstack --format json",
      ]),
    ) as {
      machines: Record<string, unknown>;
      applications: Record<string, { units?: Record<string, unknown> }>;
    };
    expect(Object.keys(rack.machines)).toEqual(["0", "1", "2"]);
    expect(Object.keys(rack.applications)).toHaveLength(26);
    expect(Object.keys(rack.applications["mysql-innodb-cluster"]?.units ?? {})).toHaveLength(3);
    const machines = JSON.parse(
      checkout.inLab(["su", "cloud", "-c", "maas private-cloud machines read"]),
    ) as { hostname: string; status_name: string }[];
    expect(machines.map((m) => `${m.hostname} ${m.status_name}`).sort()).toEqual([
      "server1 Deployed",
      "server2 Ready",
      "server3 Deployed",
      "server4 Deployed",
      "server5 Deployed",
    ]);
  });

  test(
    "a second run changes nothing, says so, and gives no step a command",
    async () => {
      const again = await checkout.command("up", "--light");
      expect(again.status === 0 ? "" : tail(again)).toBe("");
      expect(again.stdout).toMatch(/\d+ unchanged/);
      expect(again.stdout).not.toMatch(/(created|updated|deleted|replaced) \(/);
    },
    5 * MINUTES,
  );

  test("no secret of the site is in plain state, in logs or in what was printed", async () => {
    const site = checkout.json(".private-cloud/dev/site.json") as Record<string, unknown> & {
      lab: { adminPassword: string };
    };
    const { vault } = (await outputs()) as unknown as {
      vault: { unsealKeys: string[]; rootToken: string };
    };
    const secrets = [
      ...["automationPassword", "databasePassword", "powerPassword", "maasApiKey"].map((key) =>
        String(site[key]),
      ),
      site.lab.adminPassword,
      ...vault.unsealKeys,
      vault.rootToken,
    ];
    expect(secrets.every((secret) => secret.length > 8)).toBe(true);
    const state = readFileSync(
      join(checkout.project, ".private-cloud/state/.pulumi/stacks/private-cloud/dev.json"),
      "utf8",
    );
    const logs = join(checkout.labHome, "run", "log");
    const texts = [
      state,
      last.stdout,
      last.stderr,
      ...readdirSync(logs).map((name) => readFileSync(join(logs, name), "utf8")),
    ];
    expect(secrets.filter((secret) => texts.some((text) => text.includes(secret)))).toEqual([]);
  });

  test(
    "down refuses another stack, then leaves nothing behind",
    async () => {
      const refused = await checkout.command("down", "--stack", "kit");
      expect(refused.status).toBe(2);
      expect(refused.stderr).toMatch(/only stack dev/);
      const down = await checkout.command("down");
      expect(down.status === 0 ? "" : tail(down)).toBe("");
      expect(existsSync(checkout.labHome)).toBe(false);
      expect(existsSync(join(checkout.project, ".private-cloud/dev"))).toBe(false);
      const left = readdirSync("/proc")
        .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
        .filter((pid) => {
          try {
            return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(checkout.folder);
          } catch {
            return false;
          }
        });
      expect(left).toEqual([]);
      expect(readFileSync("/proc/mounts", "utf8")).not.toContain(checkout.folder);
    },
    10 * MINUTES,
  );
});
