import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { LabBed, run, type Ended } from "./labBed";

// An address that no other lab on this machine is likely to have.
const lab = new LabBed(`127.0.${60 + (process.pid % 40)}.1`);
let started: Ended;
let token: string | undefined;

jest.setTimeout(300_000);

beforeAll(async () => {
  started = await lab.up();
}, 600_000);

afterAll(() => lab.remove());

const names = (list: unknown) =>
  (list as { name: string }[]).map(({ name }) => name).sort((a, b) => a.localeCompare(b));

async function listed(path: string, member: string, port = 5000): Promise<string[]> {
  const { body } = await lab.https(path, { port, token });
  return names((body as Record<string, unknown>)[member]);
}

function http(path = "/"): Promise<{ status: number; text: string }> {
  return new Promise((done, reject) => {
    get({ host: lab.address, port: 8080, path, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.on("end", () => done({ status: answer.statusCode ?? 0, text }));
    }).on("error", reject);
  });
}

/** Processes of the machine that live in the pid namespace of `pid`. */
function companions(namespace: string): string[] {
  return readdirSync("/proc").filter((entry) => {
    try {
      return /^\d+$/.test(entry) && readlinkSync(`/proc/${entry}/ns/pid`) === namespace;
    } catch {
      return false;
    }
  });
}

describe("settings", () => {
  it.each([
    [{ providerCidr: "172.16.0.1/20" }, "providerCidr"],
    [{ providerGateway: "10.0.0.1" }, "providerGateway"],
    [{ adminPassword: "short" }, "adminPassword"],
    [{ maasApiKey: undefined }, "maasApiKey"],
    [{ unheardOf: 1 }, "unheardOf"],
  ])("%j are refused by name", async (change, member) => {
    const { status, stderr } = await lab.up({ ...lab.settings, ...change });
    expect(status).toBe(2);
    expect(stderr).toContain(member);
    expect(stderr).not.toContain(lab.settings.adminPassword);
  });
});

describe("a lab that was started", () => {
  it("is ready, and its bastion was before OpenStack", () => {
    expect(started.stderr).toBe("");
    expect(started.status).toBe(0);
    const at = (words: string) => started.stdout.indexOf(words);
    expect(at("bastion ready")).toBeGreaterThan(0);
    expect(at("Keystone up")).toBeGreaterThan(at("bastion ready"));
    expect(existsSync(join(lab.home, "run", "bastion-ready"))).toBe(true);
  });

  it("has its endpoints behind a certificate of the given CA", async () => {
    expect((await lab.https("/v3")).status).toBe(200);
    const { caCertificatePem } = lab.authority("foreign");
    await expect(lab.https("/v3", { ca: caCertificatePem })).rejects.toThrow(/certificate/);
  });

  it("lets the administrator in, and shows public endpoints on the door's address only", async () => {
    const answer = await lab.login();
    expect(answer.status).toBe(201);
    token = answer.headers["x-subject-token"] as string;
    const { catalog } = (answer.body as { token: { catalog: Service[] } }).token;
    type Service = { type: string; endpoints: { interface: string; url: string }[] };
    expect(catalog.map(({ type }) => type).sort()).toEqual(
      // prettier-ignore
      ["block-storage", "compute", "identity", "image", "load-balancer", "network", "placement", "volumev3"],
    );
    for (const { endpoints } of catalog)
      expect(endpoints.find((e) => e.interface === "public")?.url).toMatch(
        `https://${lab.address}:`,
      );
    expect((await lab.login("wrong-password")).status).toBe(401);
  });

  it("has the domains and users of a charmed cloud", async () => {
    expect(await listed("/v3/domains", "domains")).toEqual([
      "admin_domain",
      "Default",
      "service_domain",
    ]);
    const { body } = await lab.https("/v3/domains?name=admin_domain", { token });
    const id = (body as { domains: { id: string }[] }).domains[0]?.id;
    expect(await listed(`/v3/users?domain_id=${id}`, "users")).toEqual(["admin"]);
    expect(await listed(`/v3/projects?domain_id=${id}`, "projects")).toEqual(["admin"]);
    expect(await listed("/v3/roles", "roles")).toEqual(
      expect.arrayContaining(["admin", "member", "reader"]),
    );
  });

  it("has no network, flavor, image, server or security rule that a stack would make", async () => {
    expect(await listed("/v2.0/networks", "networks", 9696)).toEqual([]);
    expect(await listed("/v2.0/routers", "routers", 9696)).toEqual([]);
    expect(await listed("/v2.1/flavors?is_public=None", "flavors", 8774)).toEqual([]);
    expect(await listed("/v2.1/servers?all_tenants=1", "servers", 8774)).toEqual([]);
    expect(await listed("/v2/images", "images", 9292)).toEqual([]);
  });

  it("says that there is nothing to do when it is started again", async () => {
    const again = await lab.up();
    expect(again.stdout).toContain("nothing to do");
    expect(again.status).toBe(0);
    expect(again.seconds).toBeLessThan(10);
  });
});

test("its own openstack is the administrator's", async () => {
  const issued = await lab.lab(["enter", "openstack", "token", "issue", "-f", "value", "-c", "id"]);
  expect(issued).toMatchObject({ status: 0, stdout: expect.stringMatching(/^gAAAA/) as string });
});

test("its logs can be listed and shown", async () => {
  expect((await lab.lab(["logs"])).stdout).toContain("keystone.log");
  expect((await lab.lab(["logs", "sandbox"])).status).toBe(0);
});

describe("the bastion", () => {
  it("lets its user in with the pinned host key", async () => {
    expect(await lab.ssh("id -un; id -u; node --version")).toMatchObject({
      status: 0,
      stdout: `cloud\n1000\n${process.version}\n`,
    });
  });

  it("refuses another key, and is not taken for a host with another key", async () => {
    lab.sshKey("other");
    const refused = await lab.ssh("true", "", "other");
    expect(refused.status).toBe(255);
    expect(refused.stderr).toContain("Permission denied (publickey)");
    lab.pinHostKey("other");
    const foreign = await lab.ssh("true");
    lab.pinHostKey("host");
    expect(foreign.status).toBe(255);
    expect(foreign.stderr).toContain("Host key verification failed");
  });

  it("has the real client, which gets a token", async () => {
    expect((await lab.ssh("cat > ca.crt", lab.settings.caCertificatePem)).status).toBe(0);
    const login =
      `OS_CACERT=ca.crt OS_AUTH_URL=https://${lab.address}:5000/v3 OS_USERNAME=admin OS_PROJECT_NAME=admin ` +
      "OS_USER_DOMAIN_NAME=admin_domain OS_PROJECT_DOMAIN_NAME=admin_domain";
    const done = await lab.ssh(
      `IFS= read -r OS_PASSWORD; export OS_PASSWORD; ${login} openstack token issue -f value -c id`,
      `${lab.settings.adminPassword}\n`,
    );
    expect(done).toMatchObject({ status: 0, stdout: expect.stringMatching(/^gAAAA/) as string });
  });

  it("has the rack: a region that answers, and a client that it lets in", async () => {
    const login = "maas login site http://172.16.0.3:5240/MAAS -";
    expect(await lab.ssh(login, `${lab.settings.maasApiKey}\n`)).toMatchObject({ status: 0 });
    const { stdout } = await lab.ssh("maas site users read");
    expect(
      names((JSON.parse(stdout) as { username: string }[]).map((u) => ({ name: u.username }))),
    ).toContain("admin");
  });

  it("keeps the cloud's secrets from its user", async () => {
    const look = await lab.ssh(
      "cat /etc/lab/service-password /run/lab/secret/adminPassword /run/lab/secret/clouds.yaml /run/lab/tls/server.pem /etc/nova/nova.conf; " +
        "ls /lab/run/log /var/lib/mysql/mysql; curl -s -m 3 http://10.250.0.1:5000/v3",
    );
    expect(look.stdout).toBe("");
    expect(look.stderr.match(/Permission denied/g)).toHaveLength(7);
  });
});

it("keeps the CA's key and the administrator's password in no file of the lab but the rack's own state", async () => {
  const line = lab.settings.caPrivateKeyPem.split("\n")[3] as string;
  // prettier-ignore
  const found = await run("grep", ["-rlaF", "-e", line, "-e", lab.settings.adminPassword, lab.home]).ended;
  expect(found.stdout).toBe(`${lab.home}/state/home/cloud/.rack/state.json\n`);
});

describe("the door", () => {
  it("says that no application is named, and leads to one when it is", async () => {
    expect(await http()).toMatchObject({
      status: 503,
      text: expect.stringContaining("door app") as string,
    });
    const serve = `require("http").createServer((q, a) => a.end("application")).listen(80, "172.16.0.3", () => console.log("up"))`;
    const { child, ended } = lab.start(["exec", process.execPath, "-e", serve]);
    await new Promise((up) => child.stdout?.once("data", up));
    expect(await lab.lab(["door", "app", "172.16.0.3"])).toMatchObject({ status: 0 });
    expect(await http()).toEqual({ status: 200, text: "application" });
    expect(await lab.lab(["door", "app", "nonsense"])).toMatchObject({ status: 1 });
    child.kill("SIGKILL");
    await ended;
  });

  it("is not shared: a second lab at the same address says what to do", async () => {
    const other = join(lab.folder, "second");
    const up = await lab.start(["up", "--light"], JSON.stringify(lab.settings), other).ended;
    expect(up.status).not.toBe(0);
    expect(up.stderr).toContain("set LAB_ADDRESS to another loopback address");
    expect((await lab.start(["down", "--purge"], "", other).ended).status).toBe(0);
    expect((await lab.login()).status).toBe(201);
  });
});

describe("a start that is killed", () => {
  it("is followed by one that works, with new password, CA and host key, and what was there before", async () => {
    // prettier-ignore
    const made = await lab.https("/v3/projects", { method: "POST", token, body: { project: { name: "kept" } } });
    expect(made.status).toBe(201);
    await lab.ssh("echo kept > kept");
    lab.sshKey("host2");
    Object.assign(lab.settings, lab.authority("second"), {
      adminPassword: "second-Passw0rd-of-the-test",
      bastionHostKeyPem: readFileSync(join(lab.folder, "host2"), "utf8"),
      physnet: "othernet",
    });
    lab.pinHostKey("host2");

    const killed = lab.start(["up", "--light"], JSON.stringify(lab.settings));
    let output = "";
    killed.child.stdout?.on("data", (text: string) => (output += text));
    const deadline = Date.now() + 120_000;
    while (!output.includes("configuration written") && Date.now() < deadline) await pause(50);
    killed.child.kill("SIGKILL");
    await killed.ended;
    expect(await lab.lab(["status"])).toMatchObject({ status: 1 });

    const again = await lab.up();
    expect(again).toMatchObject({ status: 0, stderr: "" });
    expect((await lab.login("first-Passw0rd-of-the-test")).status).toBe(401);
    const answer = await lab.login();
    expect(answer.status).toBe(201);
    token = answer.headers["x-subject-token"] as string;
    expect(await listed("/v3/projects", "projects")).toContain("kept");
    expect(await lab.ssh("cat kept")).toMatchObject({ status: 0, stdout: "kept\n" });
    const body = {
      network: {
        name: "provider",
        "provider:network_type": "flat",
        "provider:physical_network": "othernet",
      },
    };
    expect(
      (await lab.https("/v2.0/networks", { port: 9696, method: "POST", token, body })).status,
    ).toBe(201);
  });
});

describe("the end", () => {
  it("leaves no process, no mount and no file, and closes the door", async () => {
    const init = readFileSync(join(lab.home, "run", "init.pid"), "utf8").trim();
    const namespace = readlinkSync(`/proc/${init}/ns/pid`);
    expect(companions(namespace).length).toBeGreaterThan(10);
    expect(await lab.lab(["down", "--purge"])).toMatchObject({ status: 0 });
    expect(companions(namespace)).toEqual([]);
    expect(readdirSync(lab.home)).toEqual([]);
    expect(readFileSync("/proc/mounts", "utf8")).not.toContain(lab.folder);
    await expect(lab.https("/v3")).rejects.toThrow(/ECONNREFUSED/);
    expect(await lab.lab(["status"])).toMatchObject({ status: 3, stdout: "down\n" });
  });
});
