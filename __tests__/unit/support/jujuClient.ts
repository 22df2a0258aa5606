import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drivenClock } from "../../../lab/rack/core/clock";
import type { Io } from "../../../lab/rack/core/rack";
import { reset } from "../../../lab/rack/core/store";
import { run } from "../../../lab/rack/juju/command";

interface Answer {
  rc: number;
  stdout: string;
  stderr: string;
}

/** How a good command line ends: with a controller whose certificate is of a foreign CA. */
export const CONNECTED = /tls: failed to verify certificate/;

const FILES: Record<string, object> = {
  "controllers.yaml": {
    controllers: {
      c: {
        uuid: "7a8b8d0b-3d3a-4c53-8d9c-0a5f5d6a0d11",
        "api-endpoints": ["127.0.0.1:17070"],
        "ca-cert": "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n",
        cloud: "maas-one",
        "agent-version": "3.6.25",
      },
    },
    "current-controller": "c",
  },
  "models.yaml": {
    controllers: {
      c: { models: { "admin/m": { uuid: "x", type: "iaas" } }, "current-model": "admin/m" },
    },
  },
  "accounts.yaml": { controllers: { c: { user: "admin", "last-known-access": "superuser" } } },
  "clouds.yaml": {
    clouds: {
      "maas-one": {
        type: "maas",
        "auth-types": ["oauth1"],
        endpoint: "http://127.0.0.1:5240/MAAS",
      },
    },
  },
};

/** A client that knows controller `c` with model `m`, and cannot trust it: a judge of command lines alone. */
export class JujuClient {
  private readonly home = mkdtempSync(join(tmpdir(), "juju-client-"));

  constructor(readonly version: string) {
    const profile = { maas: "3.5", juju: version };
    reset(
      this.home,
      { name: "empty", random: "grammar", profile, apiKey: "a:b:c", cloud: null },
      drivenClock(),
      true,
    );
    mkdirSync(join(this.home, "juju", "ssh"), { recursive: true });
    for (const [name, content] of Object.entries(FILES))
      writeFileSync(join(this.home, "juju", name), JSON.stringify(content));
  }

  async run(words: string[]): Promise<Answer> {
    const answer: Answer = { rc: 0, stdout: "", stderr: "" };
    const io: Io = {
      out: (text) => void (answer.stdout += text.toString()),
      err: (text) => void (answer.stderr += text),
      stdin: () => "",
      stdoutIsTerminal: false,
    };
    const env = { HOME: this.home, JUJU_DATA: join(this.home, "juju"), PWD: this.home };
    answer.rc = await run(words, io, env, this.home);
    return answer;
  }

  stop(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
