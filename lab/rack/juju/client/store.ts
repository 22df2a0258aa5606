import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { dump, load } from "js-yaml";

/** The client's folder ($JUJU_DATA) in its real formats. */

export interface ControllerEntry {
  uuid: string;
  "api-endpoints"?: string[] | null;
  "ca-cert"?: string;
  cloud?: string;
  region?: string;
  "agent-version"?: string;
  "controller-machine-count"?: number;
  "active-controller-machine-count"?: number;
  "machine-count"?: number;
  "controller-model-count"?: number;
}

export interface ControllersFile {
  controllers: Record<string, ControllerEntry>;
  "current-controller"?: string;
}

export interface ModelsFile {
  controllers: Record<
    string,
    { models: Record<string, { uuid: string; type: string }>; "current-model"?: string }
  >;
}

export interface AccountsFile {
  controllers: Record<string, { user: string; password?: string; "last-known-access"?: string }>;
}

export interface CloudEntry {
  type: string;
  description?: string;
  "auth-types"?: string[];
  endpoint?: string;
  regions?: Record<string, Record<string, unknown> | null>;
}

export type CredentialEntry = Record<string, string>;
/** `default-credential`, `default-region` and credentials side by side, as Juju writes them. */
export type CloudCredentials = Record<string, CredentialEntry | string>;

export class ClientStore {
  readonly folder: string;

  constructor(env: NodeJS.ProcessEnv) {
    const home = env.HOME ?? homedir();
    const data = env.XDG_DATA_HOME ?? join(home, ".local/share");
    this.folder = env.JUJU_DATA ?? join(data, "juju");
  }

  read<T>(name: string, missing: T): T {
    const path = join(this.folder, name);
    if (!existsSync(path)) return missing;
    return (load(readFileSync(path, "utf8")) as T | undefined) ?? missing;
  }

  write(name: string, content: object): void {
    this.writeText(name, dump(content, { lineWidth: -1 }));
  }

  /** Puts a file in its place with one rename; only its owner may read it. */
  writeText(name: string, text: string): void {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.${process.pid}`, text, { mode: 0o600 });
    renameSync(`${path}.${process.pid}`, path);
  }

  /** Juju makes its SSH key with its first command. */
  prepare(key: "rsa" | "ed25519"): void {
    const ssh = join(this.folder, "ssh");
    if (existsSync(ssh)) return;
    mkdirSync(ssh, { recursive: true, mode: 0o700 });
    const note = "the rack's juju needs no key\n";
    writeFileSync(join(ssh, `juju_id_${key}`), note, { mode: 0o600 });
    writeFileSync(join(ssh, `juju_id_${key}.pub`), note, { mode: 0o600 });
  }

  controllers(): ControllersFile {
    const file = this.read<ControllersFile>("controllers.yaml", { controllers: {} });
    return { ...file, controllers: file.controllers ?? {} };
  }

  models(): ModelsFile {
    const file = this.read<ModelsFile>("models.yaml", { controllers: {} });
    return { ...file, controllers: file.controllers ?? {} };
  }

  accounts(): AccountsFile {
    const file = this.read<AccountsFile>("accounts.yaml", { controllers: {} });
    return { ...file, controllers: file.controllers ?? {} };
  }

  clouds(): Record<string, CloudEntry> {
    return this.read<{ clouds?: Record<string, CloudEntry> }>("clouds.yaml", {}).clouds ?? {};
  }

  credentials(): Record<string, CloudCredentials> {
    return (
      this.read<{ credentials?: Record<string, CloudCredentials> }>("credentials.yaml", {})
        .credentials ?? {}
    );
  }

  forgetController(name: string): void {
    const controllers = this.controllers();
    delete controllers.controllers[name];
    if (controllers["current-controller"] === name) delete controllers["current-controller"];
    this.write("controllers.yaml", controllers);
    this.remove(`cookies/${name}.json`);
    for (const file of ["models.yaml", "accounts.yaml", "bootstrap-config.yaml"]) {
      const content = this.read<{ controllers?: Record<string, unknown> }>(file, {});
      if (content.controllers?.[name] === undefined) continue;
      delete content.controllers[name];
      this.write(file, content);
    }
  }

  /** Name of the lock's file in the folder for temporary files. */
  lockName(): string {
    const path = join(this.folder, "controllers.yaml");
    return `juju-store-lock-${createHash("sha256").update(path).digest("hex").slice(0, 16)}`;
  }

  remove(name: string): void {
    rmSync(join(this.folder, name), { force: true });
  }
}
