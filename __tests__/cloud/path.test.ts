/**
 * The whole path through the commands that people use, in a lab without real virtual machines: bad input, killed in four places
 * on the way up, counted, run again without a change, sealed, stopped, taken down.
 */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Checkout, tail, type Ended } from "../support/checkout";
import { inventory, WHOLE } from "../support/inventory";
import { killAt, locks } from "../support/killing";
import { leftovers, machine, pidNamespace } from "../support/leftovers";
import { ArgvWatch, plantSecrets, searchFiles, searchTexts } from "../support/planted";

const ADDRESS = "127.0.53.1";
const MINUTES = 60_000;

jest.setTimeout(15 * MINUTES);

let checkout: Checkout;
let watch: ArgvWatch;
let secrets: Record<string, string>;
const before = machine();
/** All that the commands said. */
const said: string[] = [];

beforeAll(() => {
  checkout = new Checkout(ADDRESS);
  watch = new ArgvWatch();
});
afterAll(async () => {
  watch.end();
  await checkout.command("down");
  checkout.remove();
});

async function command(...args: string[]): Promise<Ended> {
  const ended = await checkout.command(...args);
  said.push(ended.stdout, ended.stderr);
  return ended;
}

/** Runs a command on the bastion as its user. */
const onBastion = (line: string, input = "") => checkout.inLab(["su", "cloud", "-c", line], input);

async function outputs() {
  const printed = await checkout.command("pulumi", "stack", "output", "--json", "--show-secrets");
  return JSON.parse(printed.stdout) as {
    vault: { address: string; unsealKeys: string[]; rootToken: string };
  };
}

/** One line, so that a sentence is found wherever the engine broke it. */
const flat = (ended: Ended) => `${ended.stdout} ${ended.stderr}`.replace(/\s+/g, " ");

function expectUnchanged(again: Ended): void {
  expect(again.status === 0 ? "" : tail(again)).toBe("");
  expect(again.stdout).toMatch(/Changes +none: all \d\d+ resources are as they were/);
  expect(again.stdout).not.toMatch(/(created|updated|deleted|replaced) \(/);
}

describe("bad input", () => {
  test("a wrong value is refused by up before the lab is started", async () => {
    const back = checkout.configure(
      (text) => `${text}  private-cloud:external:\n    cidr: 172.16.7.0/20\n`,
    );
    const ended = await command("up", "--light");
    back();
    expect(ended.status).toBe(1);
    expect(flat(ended)).toMatch(/private-cloud:external\.cidr is "172\.16\.7\.0\/20".*host bits/);
    expect((await checkout.lab("status")).stdout).toBe("down\n");
  });

  test("an up that is stopped while it prepares has made the site's keys, and nothing with them", async () => {
    const { child, ended } = checkout.start(["up", "--light"]);
    child.stderr?.on("data", (text: string) => {
      if (text.includes("tool chain …")) child.kill("SIGTERM");
    });
    const { status, stderr } = await ended;
    expect([status, stderr]).toEqual([143, expect.stringContaining("stopped by SIGTERM")]);
    expect((await checkout.lab("status")).stdout).toBe("down\n");
    secrets = plantSecrets(checkout);
  });

  const OTHER_KEY =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1jnyjBmo5JcVmf1ZLqLNrO8Y9Zb6pCkXJwnIRZlI4V";
  test.each<[string, () => () => void, RegExp]>([
    [
      "an unreachable bastion",
      () => checkout.configure((text) => text.replace("port: 2222", "port: 2223")),
      /127\.0\.53\.1.*2223/,
    ],
    [
      "a bastion with another host key",
      () =>
        checkout.configure((text) =>
          text.replace("port: 2222", `port: 2222\n    hostKey: ${OTHER_KEY}`),
        ),
      /host key.*bastion\.hostKey/i,
    ],
    [
      "a rejected API key",
      () => {
        const back = checkout.configure((text) => `${text}\n`);
        const argv = ["pulumi", "config", "set", "--secret", "maasApiKey", "another:api:key"];
        execFileSync("bash", ["cli/private-cloud", ...argv], {
          cwd: checkout.project,
          env: checkout.environment,
          stdio: "pipe",
        });
        return back;
      },
      /MAAS at \S+ rejected the API key\..*configure it as maasApiKey/,
    ],
    [
      "a machine that fails to commission",
      () => {
        const plan = [{ fault: "commissioning-fails", match: "^server3$", count: 1 }];
        onBastion("rack faults -", JSON.stringify(plan));
        return () => undefined;
      },
      /server3: Failed commissioning in MAAS.*then run again/,
    ],
  ])("%s is named, with what to do next", async (_name, spoil, sentence) => {
    const back = spoil();
    const ended = await command("up", "--light");
    back();
    expect(ended.status).toBe(1);
    expect(flat(ended)).toMatch(sentence);
    expect(ended.stderr.trim().split("\n").at(-1)).toMatch(
      /mend the cause and run `npm run up` again/,
    );
    expect(ended.stderr).not.toMatch(/\n\s+at .*\.[jt]s:\d/);
  });
});

test("a second checkout's up refuses and names the first, which stays as it is", async () => {
  const second = new Checkout(ADDRESS);
  try {
    const up = await second.start(["up", "--light"], {
      PRIVATE_CLOUD_LAB_HOME: checkout.labHome,
    }).ended;
    expect(up.status).toBe(1);
    expect(up.stderr).toContain(
      `the lab on this machine belongs to the checkout ${checkout.project}. Use that one, or end its lab with`,
    );
    const down = await second.start(["down"], { PRIVATE_CLOUD_LAB_HOME: checkout.labHome }).ended;
    expect(down.status === 0 ? "" : tail(down)).toBe("");
    expect((await checkout.lab("status")).status).toBe(0);
  } finally {
    second.remove();
  }
});

describe("a killed run", () => {
  const stateFiles = () =>
    readdirSync(join(checkout.project, ".private-cloud", "state"), {
      recursive: true,
      encoding: "utf8",
    });
  const DO_THIS = /npm run up.*again/;

  test("in the middle of the bootstrap: a plain pulumi up is locked, and then says what must come first", async () => {
    const killed = await killAt(checkout, /controller-bootstrap creating/);
    said.push(killed.stdout, killed.stderr);
    expect(killed.status).not.toBe(0);
    expect(killed.stderr).toMatch(DO_THIS);
    expect(locks(checkout)).toHaveLength(1);

    const plain = ["pulumi", "up", "--yes", "--skip-preview"];
    const locked = await command(...plain);
    expect(locked.status).not.toBe(0);
    expect(flat(locked)).toMatch(/stack is currently locked/);
    expect((await command("pulumi", "cancel", "--yes", "--stack", "dev")).status).toBe(0);
    const refused = await command(...plain);
    expect(refused.status).not.toBe(0);
    expect(flat(refused)).toMatch(
      /killed while it made controller-bootstrap; .* Run `npm run up`, which looks for them first/,
    );
  });

  test.each([
    ["the bundle", /bundle-deploy creating/],
    ["Vault's initialisation", /vault-ready creating/],
    ["the creation of instances", /Instance app-api1 creating/],
  ])("in the middle of %s says what to do and leaves one lock", async (_where, row) => {
    const killed = await killAt(checkout, row);
    said.push(killed.stdout, killed.stderr);
    expect(killed.status).not.toBe(0);
    expect(killed.stderr).toMatch(DO_THIS);
    expect(locks(checkout)).toHaveLength(1);
    // Such files are written in place; cut short they would make the state unreadable.
    expect(stateFiles().filter((file) => file.endsWith(".attrs"))).toEqual([]);
  });

  test("is settled by the next one, which finishes", async () => {
    const last = await command("up", "--light");
    expect(last.status === 0 ? "" : tail(last)).toBe("");
    expect(last.stderr).toMatch(/removed 1 lock\(s\) of the killed run/);
    expect(last.stdout).toMatch(/Verification of .*: all good/);
  });

  test("has made nothing twice, in OpenStack and on the rack", async () => {
    expect(await inventory(checkout)).toEqual(WHOLE);
  });

  test("is there for the openstack client that the README shows", () => {
    const site = checkout.json(".private-cloud/dev/site.json") as {
      lab: { adminPassword: string };
    };
    // What `lab env` prints, and the password that it leaves out.
    const listed = checkout.inLab(
      ["openstack", "server", "list", "--all-projects", "-f", "json"],
      "",
      {
        OS_AUTH_URL: `https://${ADDRESS}:5000/v3`,
        OS_CACERT: "/lab/run/ca.crt",
        OS_IDENTITY_API_VERSION: "3",
        OS_REGION_NAME: "RegionOne",
        OS_USERNAME: "admin",
        OS_PROJECT_NAME: "admin",
        OS_USER_DOMAIN_NAME: "admin_domain",
        OS_PROJECT_DOMAIN_NAME: "admin_domain",
        OS_PASSWORD: site.lab.adminPassword,
      },
    );
    expect(JSON.parse(listed)).toHaveLength(WHOLE.servers.length);
  });
});

describe("a second run", () => {
  test("changes nothing, says so, and gives no step a command", async () => {
    const again = await command("up", "--light");
    expectUnchanged(again);
    expect(again.stdout).not.toMatch(/command:local:Command .*(creating|updating)/);
  });

  test("unseals a sealed Vault, with an empty plan", async () => {
    const { address, rootToken } = (await outputs()).vault;
    const vault = (line: string, input = "") =>
      onBastion(`export VAULT_ADDR=${address}; ${line}`, input);
    const sealed = () => vault("vault status || true").match(/^Sealed +(\w+)/m)?.[1];
    const seal = () => {
      vault("read -r VAULT_TOKEN; export VAULT_TOKEN; vault operator seal", `${rootToken}\n`);
      expect(sealed()).toBe("true");
    };
    seal();
    expectUnchanged(await command("up", "--light"));
    expect(sealed()).toBe("false");
    seal();
    expect((await command("unseal", "--stack", "dev")).status).toBe(0);
    expect(sealed()).toBe("false");
  });

  test("starts a stopped lab, with an empty plan", async () => {
    expect((await checkout.lab("down")).status).toBe(0);
    expectUnchanged(await command("up", "--light"));
    expect((await checkout.lab("status")).status).toBe(0);
    expect(await inventory(checkout)).toEqual(WHOLE);
  });
});

describe("secrets of the site and of its Vault", () => {
  let all: Record<string, string>;
  beforeAll(async () => {
    const { vault } = await outputs();
    all = { ...secrets, "Vault's root token": vault.rootToken };
    vault.unsealKeys.forEach((key, index) => (all[`Vault's key ${index + 1}`] = key));
    expect(Object.values(all).filter((secret) => secret.length < 8)).toEqual([]);
  });

  test("were never in a command line, here or in the lab", () => {
    const seen = watch.end();
    expect(seen.some((line) => line.includes("steps/run.ts vault/ready"))).toBe(true);
    expect(seen.some((line) => line.includes("rack.cjs juju"))).toBe(true);
    expect(searchTexts(seen, all)).toEqual([]);
  });

  test("were never printed, in errors neither", () => {
    expect(said.join("").length).toBeGreaterThan(10_000);
    expect(searchTexts(said, all)).toEqual([]);
  });

  test("are in no file of the checkout that others may read, and not in the state in clear", () => {
    const found = searchFiles(join(checkout.project, ".private-cloud"), all);
    expect(new Set(found.map(({ file, mode }) => `${mode} ${file.split("/").at(-1)}`))).toEqual(
      new Set(["0600 passphrase", "0600 site.json"]),
    );
  });

  test("are in no log of the lab, and on the bastion only where its tools keep them, for their owner alone", () => {
    expect(searchFiles(join(checkout.labHome, "run"), all)).toEqual([]);
    const home = join(checkout.labHome, "state", "home", "cloud");
    const found = searchFiles(home, all).map(
      ({ file, mode, secret }) => `${mode} ${file.slice(home.length + 1)}: ${secret}`,
    );
    process.stderr.write(`${found.join("\n")}\n`);
    expect(found.filter((text) => !/^0[46]00 /.test(text))).toEqual([]);
  });

  test("are in no temporary file", () => {
    expect(searchFiles(checkout.temporary, all)).toEqual([]);
  });
});

describe("down", () => {
  test("refuses another stack", async () => {
    const refused = await checkout.command("down", "--stack", "kit");
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/only stack dev/);
  });

  test("leaves nothing behind", async () => {
    const namespace = pidNamespace(checkout);
    expect(namespace).toBeDefined();
    const down = await checkout.command("down");
    expect(down.status === 0 ? "" : tail(down)).toBe("");
    expect(down.stdout).toMatch(/\d\d deleted/);
    expect(leftovers(checkout, before, namespace)).toEqual([]);
  });
});
