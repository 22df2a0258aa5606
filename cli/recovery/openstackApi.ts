import { request } from "node:https";
import { UserError } from "../userError";

/** How the explicit provider of a pending resource reaches its cloud: the provider's recorded inputs. */
export interface CloudLogin {
  authUrl: string;
  userName: string;
  password: string;
  /** Absent in a login to a domain. */
  tenantName?: string;
  userDomainName: string;
  projectDomainName?: string;
  domainName?: string;
  region: string;
  cacertFile: string;
}

export type Thing = Record<string, unknown> & { id: string };

const LOOK_AND_REPEAT =
  "look at the cloud (`lab/lab status`, `lab/lab logs`) and run `npm run up` again";

interface Answer {
  status: number;
  body: unknown;
  token: string | undefined;
}

function call(
  url: string,
  ca: string,
  method: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, ca, headers: { "Content-Type": "application/json", ...headers }, timeout: 30_000 },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => (text += part));
        answer.on("end", () => {
          let parsed: unknown = undefined;
          try {
            parsed = JSON.parse(text);
          } catch {
            // an empty answer, or a proxy's page
          }
          const token = answer.headers["x-subject-token"];
          resolve({
            status: answer.statusCode ?? 0,
            body: parsed,
            token: typeof token === "string" ? token : undefined,
          });
        });
      },
    );
    sent.on("timeout", () => sent.destroy(new Error("no answer within 30 s")));
    sent.on("error", (error) =>
      reject(new UserError(`${method} ${url}: ${error.message}; ${LOOK_AND_REPEAT}`)),
    );
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

interface Catalogue {
  type: string;
  endpoints: { interface: string; region: string; url: string }[];
}

/** As much of the OpenStack APIs as looking for one thing, reading it and removing it needs. */
export class OpenStackApi {
  private constructor(
    private readonly ca: string,
    private readonly token: string,
    private readonly catalogue: Catalogue[],
    private readonly login: CloudLogin,
  ) {}

  static async connect(login: CloudLogin): Promise<OpenStackApi> {
    const domain = (name: string) => ({ name });
    const answer = await call(
      `${login.authUrl.replace(/\/$/, "")}/auth/tokens`,
      login.cacertFile,
      "POST",
      {},
      {
        auth: {
          identity: {
            methods: ["password"],
            password: {
              user: {
                name: login.userName,
                password: login.password,
                domain: domain(login.userDomainName),
              },
            },
          },
          scope:
            login.tenantName === undefined
              ? { domain: domain(login.domainName ?? login.userDomainName) }
              : {
                  project: {
                    name: login.tenantName,
                    domain: domain(login.projectDomainName ?? login.userDomainName),
                  },
                },
        },
      },
    );
    if (answer.status !== 201 || answer.token === undefined)
      throw new UserError(
        `${login.authUrl}: user ${login.userName} cannot log in (HTTP ${answer.status}), so that what a killed run left cannot be looked for; ${LOOK_AND_REPEAT}`,
      );
    const { token } = answer.body as { token: { catalog: Catalogue[] } };
    return new OpenStackApi(login.cacertFile, answer.token, token.catalog, login);
  }

  private base(service: string): string {
    const endpoint = this.catalogue
      .find((s) => s.type === service)
      ?.endpoints.find((e) => e.interface === "public" && e.region === this.login.region);
    if (!endpoint)
      throw new UserError(
        `${this.login.authUrl}: the catalogue has no public endpoint for ${service} in ${this.login.region}; ${LOOK_AND_REPEAT}`,
      );
    return endpoint.url.replace(/\/$/, "");
  }

  /** All things at `path` of a service; `key` is the member of the answer that lists them. */
  async list(service: string, path: string, key: string): Promise<Thing[]> {
    const answer = await call(`${this.base(service)}${path}`, this.ca, "GET", this.headers());
    if (answer.status !== 200)
      throw new UserError(`GET ${service}${path}: HTTP ${answer.status}; ${LOOK_AND_REPEAT}`);
    return (answer.body as Record<string, Thing[]>)[key] ?? [];
  }

  /** Sends a request whose refusal is an answer: the status is returned. */
  async send(service: string, method: string, path: string, body?: unknown): Promise<number> {
    return (await call(`${this.base(service)}${path}`, this.ca, method, this.headers(), body))
      .status;
  }

  private headers(): Record<string, string> {
    return { "X-Auth-Token": this.token, "OpenStack-API-Version": "compute 2.79" };
  }
}
