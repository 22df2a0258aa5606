import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

const LAB = resolve(__dirname, "..", "..", "lab", "lab");
const CACHE =
  process.env["PRIVATE_CLOUD_CACHE"] ??
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "private-cloud");

export interface Ended {
  status: number;
  stdout: string;
  stderr: string;
  seconds: number;
}

export interface Settings {
  adminPassword: string;
  caCertificatePem: string;
  caPrivateKeyPem: string;
  bastionHostKeyPem: string;
  bastionAuthorizedKey: string;
  maasApiKey: string;
  physnet: string;
  providerCidr: string;
  providerGateway: string;
  bastionAddress: string;
  rackFactor: number;
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
}

/** A lab of its own for one test file: folder, door, keys. Nothing of another lab is touched. */
export class LabBed {
  // Below /var/tmp: the lab's folder must not be on an overlay or a small tmpfs.
  readonly folder = mkdtempSync("/var/tmp/private-cloud-lab-");
  readonly home = join(this.folder, "home");
  readonly settings: Settings;

  constructor(readonly address: string) {
    mkdirSync(this.home);
    this.sshKey("host");
    this.sshKey("user");
    const ca = this.authority("first");
    this.settings = {
      adminPassword: "first-Passw0rd-of-the-test",
      ...ca,
      bastionHostKeyPem: readFileSync(join(this.folder, "host"), "utf8"),
      bastionAuthorizedKey: readFileSync(join(this.folder, "user.pub"), "utf8"),
      maasApiKey: "consumerconsumer12:tokentokentoken123:secretsecretsecretsecret12345678",
      physnet: "physnet1",
      providerCidr: "172.16.0.0/20",
      providerGateway: "172.16.0.1",
      bastionAddress: "172.16.0.3",
      rackFactor: 200,
    };
    this.pinHostKey("host");
  }

  /** Makes the key pair NAME and NAME.pub in the folder. */
  sshKey(name: string): void {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(this.folder, name)]);
  }

  pinHostKey(name: string): void {
    const [type, key] = readFileSync(join(this.folder, `${name}.pub`), "utf8").split(" ");
    writeFileSync(
      join(this.folder, "known_hosts"),
      `[${this.address}]:2222 ${type} ${key?.trim()}\n`,
    );
  }

  authority(name: string): Pick<Settings, "caCertificatePem" | "caPrivateKeyPem"> {
    const key = join(this.folder, `${name}.key`);
    const certificate = join(this.folder, `${name}.crt`);
    // prettier-ignore
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
      "-subj", `/CN=${name} CA of a test`, "-addext", "basicConstraints=critical,CA:TRUE"], { stdio: "pipe" });
    return {
      caCertificatePem: readFileSync(certificate, "utf8"),
      caPrivateKeyPem: readFileSync(key, "utf8"),
    };
  }

  start(
    argv: string[],
    stdin = "",
    home = this.home,
  ): { child: ChildProcess; ended: Promise<Ended> } {
    const env = {
      ...process.env,
      LAB_HOME: home,
      LAB_CACHE: join(CACHE, "lab"),
      LAB_ADDRESS: this.address,
    };
    return run(LAB, argv, stdin, env);
  }

  lab(argv: string[], stdin = ""): Promise<Ended> {
    return this.start(argv, stdin).ended;
  }

  up(settings: object = this.settings): Promise<Ended> {
    return this.lab(["up", "--light"], JSON.stringify(settings));
  }

  /** Runs a command line on the bastion. */
  ssh(command: string, stdin = "", key = "user"): Promise<Ended> {
    // prettier-ignore
    return run("ssh", ["-F", "none", "-i", join(this.folder, key), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o",
      `UserKnownHostsFile=${join(this.folder, "known_hosts")}`, "-o", "StrictHostKeyChecking=yes", "-p", "2222",
      `cloud@${this.address}`, command], stdin).ended;
  }

  /** One HTTPS request to the door, trusting the CA and nothing else. */
  https(
    path: string,
    options: {
      port?: number;
      ca?: string;
      method?: string;
      body?: object;
      token?: string | undefined;
    } = {},
  ): Promise<Answer> {
    const {
      port = 5000,
      ca = this.settings.caCertificatePem,
      method = "GET",
      body,
      token,
    } = options;
    return new Promise((done, reject) => {
      const sent = request(
        {
          host: this.address,
          port,
          path,
          method,
          ca,
          agent: false,
          headers: {
            "content-type": "application/json",
            ...(token ? { "x-auth-token": token } : {}),
          },
        },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (part: string) => (text += part));
          answer.on("end", () => {
            const json = text === "" ? undefined : (JSON.parse(text) as unknown);
            done({ status: answer.statusCode ?? 0, headers: answer.headers, body: json });
          });
        },
      );
      sent.on("error", reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Logs the administrator in. */
  login(password = this.settings.adminPassword): Promise<Answer> {
    const domain = { name: "admin_domain" };
    return this.https("/v3/auth/tokens", {
      method: "POST",
      body: {
        auth: {
          identity: {
            methods: ["password"],
            password: { user: { name: "admin", domain, password } },
          },
          scope: { project: { name: "admin", domain } },
        },
      },
    });
  }

  async remove(): Promise<void> {
    for (const entry of readdirSync(this.folder, { withFileTypes: true }))
      if (entry.isDirectory())
        await this.start(["down", "--purge"], "", join(this.folder, entry.name)).ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function run(
  program: string,
  argv: string[],
  stdin = "",
  env: NodeJS.ProcessEnv = process.env,
): { child: ChildProcess; ended: Promise<Ended> } {
  const began = Date.now();
  const child = spawn(program, argv, { env, stdio: ["pipe", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  const ended = new Promise<Ended>((done, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      done({ status: code ?? 128, stdout, stderr, seconds: (Date.now() - began) / 1000 }),
    );
  });
  return { child, ended };
}
