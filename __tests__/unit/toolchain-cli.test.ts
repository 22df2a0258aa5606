import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Checkout } from "./toolchainCheckout";

jest.setTimeout(60_000); // seconds on an idle machine; processes are started, and the machine may be busy

let checkout: Checkout;
beforeEach(() => {
  checkout = new Checkout();
});
afterEach(() => checkout.remove());

const mode = (name: string) => statSync(join(checkout.folder, name)).mode & 0o777;

describe("npm run env", () => {
  test("prints export lines only, and makes folder and passphrase for their owner alone", () => {
    const first = checkout.run(["env"]);
    expect(first.status).toBe(0);
    for (const line of first.stdout.trim().split("\n")) expect(line).toMatch(/^export [A-Z_]+=\S/);
    expect(mode(".private-cloud")).toBe(0o700);
    expect(mode(".private-cloud/passphrase")).toBe(0o600);
    const passphrase = checkout.read(".private-cloud/passphrase");
    expect(passphrase.length).toBeGreaterThanOrEqual(32);
    expect(checkout.run(["env"]).stdout).toBe(first.stdout);
    expect(checkout.read(".private-cloud/passphrase")).toBe(passphrase);
    expect(first.stdout + first.stderr).not.toContain(passphrase);
  });

  test("sets a shell up, in a folder with spaces and quotes too", () => {
    const shell =
      'eval "$(cli/private-cloud env)"; command -v pulumi; printf "%s\\n" "$PULUMI_BACKEND_URL" "$PULUMI_STACK"';
    const options = { ...checkout.options({}), cwd: checkout.folder };
    const lines = spawnSync("bash", ["-c", shell], options).stdout.trim().split("\n");
    const state = `file://${join(checkout.folder, ".private-cloud", "state")}?metadata=skip`;
    expect(lines).toEqual([join(checkout.cache, "toolchain", "bin", "pulumi"), state, "dev"]);
  });

  test("takes a passphrase away that would win over the project's", () => {
    expect(checkout.run(["env"], { PULUMI_CONFIG_PASSPHRASE: "x" }).stdout).toContain(
      "unset PULUMI_CONFIG_PASSPHRASE\n",
    );
  });

  test("makes no new passphrase for a state that needs the old one", () => {
    writeFileSync(checkout.stateFile("dev"), "{}");
    const ended = checkout.run(["env"]);
    expect(ended.status).toBe(1);
    expect(ended.stderr).toMatch(
      /passphrase is missing, and the state in .* is encrypted with it\. Put it back/,
    );
    expect(ended.stdout).toBe("");
  });
});

describe("npm run pulumi and preview", () => {
  test("pass arguments and exit status on, with the project's state for dev", () => {
    const foreign = { PULUMI_BACKEND_URL: "file:///elsewhere", PULUMI_CONFIG_PASSPHRASE: "x" };
    const ended = checkout.run(["pulumi", "stack", "output", "a b", "--stack", "dev"], {
      ...foreign,
      FAKE_STATUS: "7",
    });
    expect(ended.status).toBe(7);
    expect(ended.stdout).toContain("args: stack output a b --stack dev\n");
    expect(ended.stdout).toContain(
      `PULUMI_BACKEND_URL=file://${checkout.folder}/.private-cloud/state?metadata=skip\n`,
    );
    expect(ended.stdout).toContain("PULUMI_STACK=dev\n");
    expect(ended.stdout).not.toContain("PULUMI_CONFIG_PASSPHRASE=");
    const kit = checkout.run(["pulumi", "up", "--stack=kit"], foreign);
    expect(kit.stdout).toContain("PULUMI_BACKEND_URL=file:///elsewhere\n");
    expect(kit.stdout).toContain("PULUMI_CONFIG_PASSPHRASE=x\n");
    expect(kit.stdout).not.toContain("PULUMI_CONFIG_PASSPHRASE_FILE=");
    expect(kit.stdout).toContain("PULUMI_STACK=kit\n");
  });

  test.each([
    [["stack", "init", "prod"]],
    [["stack", "select", "org/private-cloud/prod", "--create"]],
    [["stack", "init", "--secrets-provider", "passphrase", "prod"]],
    [["stack", "rm", "prod", "--yes"]],
    [["up", "-sprod"]],
    [["up", "-ys", "prod"]],
    [["up", "-s=prod"]],
  ])("%j keeps the backend and the passphrase of the caller", (args) => {
    const foreign = { PULUMI_BACKEND_URL: "file:///elsewhere", PULUMI_CONFIG_PASSPHRASE: "x" };
    const { stdout } = checkout.run(["pulumi", ...args], foreign);
    // Ours would be gone with `npm run down`.
    const { PULUMI_BACKEND_URL } = foreign;
    const without = checkout.run(["pulumi", ...args], { PULUMI_BACKEND_URL });
    expect(without.stdout).not.toContain("PULUMI_CONFIG_PASSPHRASE");
    expect(stdout.includes("PULUMI_STACK=prod\n") || args[1] === "init").toBe(true);
    expect(checkout.named(args)).toBe("prod");
    expect(stdout).not.toContain("/.private-cloud/state");
    expect(stdout).not.toContain("PULUMI_CONFIG_PASSPHRASE_FILE=");
  });

  test("a command that names no stack is about the caller's backend where one is set, and about dev elsewhere", () => {
    const there = checkout.run(["pulumi", "whoami"], { PULUMI_BACKEND_URL: "file:///elsewhere" });
    expect(there.stdout).toContain("PULUMI_BACKEND_URL=file:///elsewhere\n");
    expect(there.stdout).not.toContain("PULUMI_STACK=");
    const here = checkout.run(["pulumi", "whoami"]);
    expect(here.stdout).toContain(`${checkout.folder}/.private-cloud/state?metadata=skip\n`);
    expect(here.stdout).toContain("PULUMI_STACK=dev\n");
    expect(checkout.run(["pulumi", "up"], { PULUMI_STACK: "kit" }).stdout).toContain(
      "PULUMI_STACK=kit\n",
    );
  });

  test("make the stack once", () => {
    expect(checkout.run(["preview", "--diff"]).stderr).toContain("stack dev: made in");
    expect(existsSync(checkout.stateFile("dev"))).toBe(true);
    const again = checkout.run(["preview", "--diff"]);
    expect(again.stderr).not.toContain("made in");
    expect(again.stdout).toContain("args: preview --diff\n");
  });

  test("name the stacks that there are", () => {
    const ended = checkout.run(["preview", "--stack", "nope"]);
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain(
      "there is no stack nope: Pulumi.nope.yaml is missing. There are: dev, kit",
    );
  });
});

describe("the dispatcher", () => {
  test.each(["preview", "pulumi", "env", "test", "kills"])("explains %s", (command) => {
    const ended = checkout.run([command, "--help"]);
    expect(ended.status).toBe(0);
    expect(ended.stdout).toContain("npm ");
    expect(ended.stdout).not.toContain("PROGRAM=");
  });

  test("takes the options that npm took for itself because the -- was forgotten", () => {
    expect(checkout.run(["preview"], { npm_config_stack: "kit" }).stdout).toContain(
      "args: preview --stack kit\n",
    );
    const without = checkout.run(["preview", "kit"], { npm_config_stack: "true" });
    expect([without.status, without.stderr]).toEqual([
      2,
      expect.stringContaining("npm run preview -- --stack NAME"),
    ]);
    checkout.executable("cli/prepare.sh", "#!/bin/sh\necho prepares $*\nexit 9\n");
    expect(checkout.run(["up"], { npm_config_light: "true" }).stdout).toBe(
      "prepares machine-light\n",
    );
    expect(checkout.run(["up"]).stdout).toBe("prepares machine\n");
  });

  test("prepares the tool chain for a down that has a stack to destroy, e.g. after the cache was removed", () => {
    checkout.executable("bin/id", "#!/bin/sh\necho 0\n");
    checkout.executable("bin/uname", "#!/bin/sh\necho Linux\n");
    checkout.executable("cli/prepare.sh", "#!/bin/sh\necho prepares $*\nexit 9\n");
    expect(checkout.run(["down"]).stdout).toBe("prepares modules\n");
    writeFileSync(checkout.stateFile("dev"), "{}");
    expect(checkout.run(["down"]).stdout).toBe("prepares modules toolchain\n");
    expect(checkout.run(["down", "--help"]).stdout).toBe("prepares modules\n");
  });

  test("refuses an unknown option of up before it prepares anything", () => {
    const ended = checkout.run(["up", "--lihgt"]);
    expect([ended.status, ended.stdout, ended.stderr]).toEqual([
      2,
      "",
      "private-cloud: npm run up: unknown option --lihgt. There are: --light, --help\n",
    ]);
  });

  test("refuses an unknown command, level and part", () => {
    expect(checkout.run(["fly"]).stderr).toContain("unknown command fly");
    expect(checkout.run(["test", "fly"]).stderr).toContain(
      "unknown level fly; there are: types lint",
    );
    expect(checkout.script(["prepare.sh", "fly"]).status).toBe(2);
    expect(checkout.run(["kills", "--kills", "0"]).stderr).toContain(
      "--kills is 0; it must be a whole number from 1",
    );
  });

  test.each([
    [
      "uname",
      "echo Darwin",
      "the lab needs Linux (namespaces, overlayfs); this is Darwin. `npm run preview` works without it",
    ],
    [
      "id",
      "echo 1000",
      "the lab needs root (namespaces, mounts, bridges): run it as root. `npm run preview` works without",
    ],
  ])(
    "refuses up and down by %s before it prepares anything, and previews all the same",
    (program, text, sentence) => {
      checkout.executable(`bin/${program}`, `#!/bin/sh\n${text}\n`);
      for (const command of ["up", "down"]) {
        const ended = checkout.run([command]);
        expect(ended.status).toBe(1);
        expect(ended.stderr.trim().split("\n")).toEqual([expect.stringContaining(sentence)]);
      }
      expect(checkout.run(["preview"]).status).toBe(0);
    },
  );
});

describe("the machine of a lab", () => {
  beforeEach(() => {
    checkout.executable("bin/id", "#!/bin/sh\necho 0\n");
    checkout.executable("bin/uname", "#!/bin/sh\necho Linux\n");
    checkout.executable("bin/apt-get", '#!/bin/sh\necho x >> "$TMPDIR/installed"\nexit 1\n');
    checkout.executable("bin/install", "#!/bin/sh\n");
    mkdirSync(join(checkout.folder, "lab"));
    checkout.executable("lab/lab", '#!/bin/sh\necho "$* [${LAB_TO_COME-}]"\nexit 1\n');
  });
  const prepare = () => checkout.script(["prepare.sh", "machine"]);

  test("is looked at before a package is installed on it", () => {
    checkout.executable("bin/dpkg-query", "#!/bin/sh\nexit 1\n");
    const ended = prepare();
    expect(ended.status).toBe(1);
    expect(ended.stderr).toMatch(/^check \[mmdebstrap .*\]\nprepare: this machine cannot carry/);
    expect(existsSync(join(checkout.folder, "installed"))).toBe(false);
  });

  test("is looked at once where the packages are there", () => {
    checkout.executable("bin/dpkg-query", "#!/bin/sh\necho install ok installed\n");
    expect(prepare().stderr).toMatch(
      /^(prepare: \/usr\/sbin\/sshd is missing|check \[\]\nprepare)/,
    );
  });
});

describe("npm packages", () => {
  const npm =
    "#!/bin/sh\necho x >> npm-runs; mkdir -p node_modules; sleep 0.2; touch node_modules/.package-lock.json\n";
  const runs = () => checkout.read("npm-runs").trim().split("\n").length;
  beforeEach(() => {
    rmSync(join(checkout.folder, "node_modules"));
    checkout.executable("bin/npm", npm);
  });

  test("are installed when they are missing, half there, or of another lock file", () => {
    expect(checkout.script(["prepare.sh", "modules"]).status).toBe(0);
    expect(checkout.script(["prepare.sh", "modules"]).stderr).toBe("");
    expect(runs()).toBe(1);
    rmSync(join(checkout.folder, "node_modules", ".package-lock.json"));
    checkout.script(["prepare.sh", "modules"]);
    expect(runs()).toBe(2);
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(checkout.folder, "package-lock.json"), later, later);
    checkout.script(["prepare.sh", "modules"]);
    expect(runs()).toBe(2);
    appendFileSync(join(checkout.folder, "package-lock.json"), " ");
    checkout.script(["prepare.sh", "modules"]);
    expect(runs()).toBe(3);
  });

  test("are installed once when two commands start at once", async () => {
    const start = () =>
      new Promise((done) =>
        spawn(join(checkout.folder, "cli", "prepare.sh"), ["modules"], checkout.options({})).on(
          "close",
          done,
        ),
      );
    expect(await Promise.all([start(), start()])).toEqual([0, 0]);
    expect(runs()).toBe(1);
  });

  test("show why they could not be installed", () => {
    checkout.executable("bin/npm", "#!/bin/sh\necho 'no such registry' >&2; exit 1\n");
    const ended = checkout.script(["prepare.sh", "modules"]);
    expect(ended.status).toBe(1);
    expect(ended.stderr).toMatch(/ {4}no such registry\n.*npm ci failed/);
  });

  test("are not looked at with an old Node", () => {
    checkout.executable("bin/node", "#!/bin/sh\necho 18.20.4\n");
    expect(checkout.script(["prepare.sh", "modules"]).stderr).toMatch(
      /Node 20 or newer is needed; .* is 18\.20\.4/,
    );
  });
});
