/** What the application's servers are told: valid for the programs that read it, and no secret where it need not be. */
import { spawnSync } from "node:child_process";
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import fc from "fast-check";
import { load } from "js-yaml";

import { apiUserData } from "../../components/app/api";
import { balancerUserData, haproxyConf, keepalivedConf } from "../../components/app/balancer";
import { databaseUserData, pgHba, postgresqlConf, setupSql } from "../../components/app/database";
import { scramVerifier } from "../../components/app/scram";

const PASSWORD = "pa'ss\"w$ord\\7";
const FILES = path.join(__dirname, "../../components/app/files");

const balancers = [
  { name: "notes-lb1", address: "192.168.90.11" },
  { name: "notes-lb2", address: "192.168.90.12" },
];
const apis = [
  { name: "notes-api1", address: "192.168.90.21" },
  { name: "notes-api2", address: "192.168.90.22" },
];
const balancer = (index: number) => ({
  self: balancers[index] ?? { name: "", address: "" },
  balancers,
  apis,
  sharedAddress: "192.168.90.10",
  prefixLength: 24,
  routerId: 51,
});
const database = {
  name: "notes",
  address: "192.168.90.31",
  clientCidr: "192.168.90.0/24",
  verifier: scramVerifier(PASSWORD, "notes"),
  volumeLabel: "app-database",
};
const api = {
  title: "notes",
  database: { address: "192.168.90.31", name: "notes", password: PASSWORD },
};
const ALL = {
  balancer: balancerUserData(balancer(0)),
  api: apiUserData(api),
  database: databaseUserData(database),
};

interface CloudConfig {
  write_files: { path: string; content: string; permissions?: string; owner?: string }[];
  runcmd: string[][];
}

function read(userData: string): CloudConfig {
  expect(userData.startsWith("#cloud-config\n")).toBe(true);
  return load(userData) as CloudConfig;
}

function file(userData: string, name: string) {
  const found = read(userData).write_files.find((each) => each.path === name);
  if (!found) throw new Error(`no file ${name}`);
  return found;
}

function succeeds(command: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  expect({ status, stderr, error }).toEqual({ status: 0, stderr: "", error: undefined });
}

describe("user-data", () => {
  test.each(Object.entries(ALL))("of the %s is what cloud-init takes", (_role, userData) => {
    const { write_files: files, runcmd } = read(userData);
    for (const each of files) {
      expect(path.isAbsolute(each.path)).toBe(true);
      expect(each.permissions ?? "0644").toMatch(/^0[0-7]{3}$/);
    }
    for (const words of runcmd) {
      for (const word of words) expect(typeof word).toBe("string");
      if (words[0] === "sh" && words[1] === "-c") succeeds("sh", "-n", "-c", words[2] ?? "(");
    }
    // Nova's limit is 65535 bytes of base64.
    expect(Buffer.from(userData).toString("base64").length).toBeLessThan(60_000);
  });

  test("is the same text for the same input", () => {
    expect(databaseUserData({ ...database, verifier: scramVerifier(PASSWORD, "notes") })).toBe(
      ALL.database,
    );
  });

  test("gives the password to the API alone, in a file that others cannot read", () => {
    expect(ALL.database).not.toContain(PASSWORD);
    expect(ALL.balancer).not.toContain(database.verifier);
    const settings = file(ALL.api, "/etc/app/api.json");
    expect(settings).toMatchObject({ permissions: "0640", owner: "root:www-data" });
    expect(JSON.parse(settings.content)).toMatchObject({ database: { password: PASSWORD } });
    expect(file(ALL.database, "/etc/app/setup.sql").permissions).toBe("0600");
    for (const words of Object.values(ALL).flatMap((userData) => read(userData).runcmd)) {
      expect(words.join(" ")).not.toContain(PASSWORD);
      expect(words.join(" ")).not.toContain(database.verifier);
    }
  });

  test("programs are sound", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "app-texts-"));
    succeeds("sh", "-n", path.join(FILES, "database.sh"));
    const compiled = path.join(folder, "api.pyc");
    const program =
      "import sys, py_compile; py_compile.compile(sys.argv[1], sys.argv[2], doraise=True)";
    succeeds("python3", "-c", program, path.join(FILES, "api.py"), compiled);
    rmSync(folder, { recursive: true });
  });

  test("only starts what it has brought or what the image has", () => {
    const units = read(ALL.api).runcmd.find(([command]) => command === "systemctl");
    expect(units).toEqual(["systemctl", "start", "app-api.service"]);
    expect(read(ALL.api).write_files.map((each) => each.path)).toContain(
      "/etc/systemd/system/app-api.service",
    );
  });
});

describe("load balancers", () => {
  test("send requests to every API that is healthy", () => {
    const text = haproxyConf(balancer(0));
    expect(text).toContain("option httpchk GET /health");
    expect(text.match(/^ {4}server notes-api\d .*:8080$/gm)).toEqual([
      "    server notes-api1 192.168.90.21:8080",
      "    server notes-api2 192.168.90.22:8080",
    ]);
  });

  test("name themselves, and pass on what is asked of the other one", () => {
    const text = haproxyConf(balancer(1));
    expect(text).toContain("set-header X-Balancer notes-lb2");
    expect(text).toContain("string notes-lb2 if { path /balancers/notes-lb2 }");
    expect(text).toContain("use_backend balancer-notes-lb1 if { path /balancers/notes-lb1 }");
    expect(text).toContain("backend balancer-notes-lb1\n    server notes-lb1 192.168.90.11:80\n");
  });

  test("share one address, neither taking it back", () => {
    const [first, second] = [keepalivedConf(balancer(0)), keepalivedConf(balancer(1))];
    for (const text of [first, second]) {
      expect(text).toContain("nopreempt");
      expect(text).toContain("state BACKUP");
      expect(text).toContain("192.168.90.10/24");
      expect(text).toContain("virtual_router_id 51");
    }
    expect(first).toMatch(/unicast_src_ip 192.168.90.11\n\s+unicast_peer {\n\s+192.168.90.12\n/);
    expect(second).toMatch(/unicast_src_ip 192.168.90.12\n\s+unicast_peer {\n\s+192.168.90.11\n/);
    const priority = (text: string) => Number(/priority (\d+)/.exec(text)?.[1]);
    expect(priority(first)).toBeGreaterThan(priority(second));
  });

  test("find their interface on the server", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "app-texts-"));
    const target = path.join(folder, "keepalived.conf");
    writeFileSync(target, keepalivedConf(balancer(0)));
    writeFileSync(
      path.join(folder, "ip"),
      "#!/bin/sh\necho 'default via 192.168.90.1 dev ens3 proto dhcp'\n",
      {
        mode: 0o755,
      },
    );
    const command = read(ALL.balancer).runcmd.find(([, , text]) => text?.includes("ip -o"));
    const text = (command?.[2] ?? "").replaceAll("/etc/keepalived/keepalived.conf", target);
    const { stdout, stderr } = spawnSync("sh", ["-c", `${text}; cat ${target}`], {
      encoding: "utf8",
      env: { PATH: `${folder}:/usr/bin:/bin` },
    });
    rmSync(folder, { recursive: true });
    expect(stderr).toBe("");
    expect(stdout).toContain("interface ens3\n");
    expect(stdout).not.toContain("INTERFACE");
  });
});

describe("database", () => {
  test("listens on one address and lets one role in, from the subnet, with a password", () => {
    expect(postgresqlConf(database)).toContain("listen_addresses = '192.168.90.31'\n");
    expect(pgHba(database)).toBe(
      "local all postgres peer\nhost notes notes 192.168.90.0/24 scram-sha-256\n",
    );
  });

  test("is set up the same when it is set up again", () => {
    const sql = setupSql(database);
    expect(sql).not.toMatch(/^\s*CREATE (ROLE|DATABASE)/m);
    expect(sql).toContain("CREATE TABLE IF NOT EXISTS notes");
    expect(sql.indexOf("log_min_error_statement")).toBeLessThan(sql.indexOf("PASSWORD"));
  });

  test("knows a password only by what proves it (RFC 5802)", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{1,40}$/), (password) => {
        const verifier = scramVerifier(password, "notes");
        const [, iterations, salt, storedKey] =
          /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):([^:]+)$/.exec(verifier) ?? [];
        const salted = pbkdf2Sync(
          password,
          Buffer.from(salt ?? "", "base64"),
          Number(iterations),
          32,
          "sha256",
        );
        const clientKey = createHmac("sha256", salted).update("Client Key").digest();
        expect(createHash("sha256").update(clientKey).digest("base64")).toBe(storedKey);
        expect(scramVerifier(password, "other")).not.toBe(verifier);
      }),
      { numRuns: 10 },
    );
  });

  test.each(["with space", "umläut", ""])(
    "refuses the password %j without repeating it",
    (password) => {
      expect(() => scramVerifier(password, "notes")).toThrow(/printable ASCII/);
      if (password !== "") expect(() => scramVerifier(password, "notes")).not.toThrow(password);
    },
  );
});
