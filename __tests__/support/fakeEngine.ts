import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import * as grpc from "@grpc/grpc-js";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import * as enginePb from "@pulumi/pulumi/proto/engine_pb";
import * as pb from "@pulumi/pulumi/proto/resource_pb";

/* The generated services are plain JavaScript without types of their own. */
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { ResourceMonitorService } = require("@pulumi/pulumi/proto/resource_grpc_pb") as {
  ResourceMonitorService: grpc.ServiceDefinition;
};
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { EngineService } = require("@pulumi/pulumi/proto/engine_grpc_pb") as {
  EngineService: grpc.ServiceDefinition;
};

export type Properties = Record<string, unknown>;

/** One registration as the engine sees it. */
export interface Registered {
  urn: string;
  type: string;
  name: string;
  custom: boolean;
  parent: string;
  provider: string;
  dependencies: string[];
  inputs: Properties;
  additionalSecretOutputs: string[];
  protect: boolean;
  deleteBeforeReplace: boolean;
  deletedWith: string;
}

export interface ProgramRun {
  status: number;
  resources: Registered[];
  outputs: Properties;
  log: string[];
  stderr: string;
}

export interface ProgramOptions {
  stack?: string;
  /** Configuration values by full key, as the engine hands them over: text, or JSON text for objects. */
  config: Record<string, string>;
  secretKeys?: string[];
  dryRun: boolean;
  environment?: NodeJS.ProcessEnv;
  /** What providers answer, by type token; inputs are echoed anyway. */
  answers?: Record<string, (inputs: Properties) => Properties>;
}

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
/** The engine's sentinel for a string that is not known yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** True for a value that the program marked as secret. */
export function isSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const object = value as Properties;
  return (
    object[SIGNATURE] === SECRET || (object[SIGNATURE] === OUTPUT && object["secret"] === true)
  );
}

/** A value without the engine's envelopes; unknown parts become {@link UNKNOWN}. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const object = value as Properties;
  if (object[SIGNATURE] === SECRET) return plain(object["value"]);
  if (object[SIGNATURE] === OUTPUT) return "value" in object ? plain(object["value"]) : UNKNOWN;
  return Object.fromEntries(Object.entries(object).map(([key, member]) => [key, plain(member)]));
}

/** Everything of a value that is not secret, as text: where a planted secret must not be found. */
export function publicText(value: unknown): string {
  if (isSecret(value)) return "";
  if (Array.isArray(value)) return value.map(publicText).join("\n");
  if (typeof value === "object" && value !== null)
    return Object.values(value).map(publicText).join("\n");
  return String(value);
}

type Call = { request: unknown };
type Reply = (error: null, answer: unknown) => void;
type Handlers = Record<string, (call: Call, reply: Reply) => void>;

class Engine {
  readonly resources: Registered[] = [];
  readonly log: string[] = [];
  outputs: Properties = {};
  private root = "";

  constructor(private readonly options: ProgramOptions) {}

  private get stack(): string {
    return this.options.stack ?? "dev";
  }

  monitor(): Handlers {
    const empty = (_call: Call, reply: Reply) => reply(null, new Empty());
    return {
      supportsFeature: (call: Call, reply: Reply) => {
        const id = (call.request as pb.SupportsFeatureRequest).getId();
        const answer = new pb.SupportsFeatureResponse();
        answer.setHassupport(!["transforms", "invokeTransforms"].includes(id));
        reply(null, answer);
      },
      registerResource: (call: Call, reply: Reply) => this.register(call.request, reply),
      registerResourceOutputs: (call: Call, reply: Reply) => {
        const request = call.request as pb.RegisterResourceOutputsRequest;
        if (request.getUrn() === this.root)
          this.outputs = request.getOutputs()?.toJavaScript() ?? {};
        reply(null, new Empty());
      },
      registerResourceHook: empty,
      registerErrorHook: empty,
      signalAndWaitForShutdown: empty,
    };
  }

  engine(): Handlers {
    return {
      log: (call: Call, reply: Reply) => {
        const request = call.request as enginePb.LogRequest;
        const level = ["debug", "info", "warning", "error"][request.getSeverity()] ?? "";
        if (level !== "debug") this.log.push(`${level}: ${request.getMessage()}`);
        reply(null, new Empty());
      },
      getRootResource: (_call: Call, reply: Reply) => {
        const answer = new enginePb.GetRootResourceResponse();
        answer.setUrn(this.root);
        reply(null, answer);
      },
      setRootResource: (call: Call, reply: Reply) => {
        this.root = (call.request as enginePb.SetRootResourceRequest).getUrn();
        reply(null, new enginePb.SetRootResourceResponse());
      },
    };
  }

  private register(received: unknown, reply: Reply): void {
    const request = received as pb.RegisterResourceRequest;
    const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
    const chain = parent === "" || parent === this.root ? type : `${parent.split("::")[2]}$${type}`;
    const urn = `urn:pulumi:${this.stack}::private-cloud::${type === "pulumi:pulumi:Stack" ? type : chain}::${name}`;
    const inputs = (request.getObject()?.toJavaScript() ?? {}) as Properties;
    this.resources.push({
      urn,
      type,
      name,
      custom: request.getCustom(),
      parent,
      provider: request.getProvider(),
      dependencies: request.getDependenciesList(),
      inputs,
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      protect: request.getProtect() ?? false,
      deleteBeforeReplace: request.getDeletebeforereplace() ?? false,
      deletedWith: request.getDeletedwith(),
    });
    const answer = new pb.RegisterResourceResponse();
    answer.setUrn(urn);
    const made = request.getCustom() && !this.options.dryRun;
    if (made) answer.setId(`id-of-${name}`);
    const outputs: Properties = {
      ...inputs,
      ...(made ? this.options.answers?.[type]?.(inputs) : {}),
    };
    for (const key of request.getAdditionalsecretoutputsList()) {
      if (key in outputs) outputs[key] = { [SIGNATURE]: SECRET, value: outputs[key] };
    }
    answer.setObject(Struct.fromJavaScript(outputs as Record<string, JavaScriptValue>));
    reply(null, answer);
  }
}

function listen(server: grpc.Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );
}

const PROJECT_FOLDER = resolve(__dirname, "..", "..");

/** Runs the real program (index.ts) with the real Node runtime against an engine that only listens. */
export async function runProgram(options: ProgramOptions): Promise<ProgramRun> {
  const engine = new Engine(options);
  const server = new grpc.Server({ "grpc.max_receive_message_length": 64 << 20 });
  server.addService(ResourceMonitorService, engine.monitor());
  server.addService(EngineService, engine.engine());
  const address = `127.0.0.1:${await listen(server)}`;
  try {
    const ended = await runNode(address, options);
    return { ...ended, resources: engine.resources, outputs: engine.outputs, log: engine.log };
  } finally {
    server.forceShutdown();
  }
}

function runNode(
  address: string,
  options: ProgramOptions,
): Promise<{ status: number; stderr: string }> {
  const runner = require.resolve("@pulumi/pulumi/cmd/run");
  // prettier-ignore
  const args = [runner, "--monitor", address, "--engine", address, "--project", "private-cloud", "--stack", options.stack ?? "dev",
    "--pwd", PROJECT_FOLDER, "--parallel", "16", ...(options.dryRun ? ["--dry-run"] : []), join(PROJECT_FOLDER, "index.ts")];
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(options.config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(options.secretKeys ?? []),
    PULUMI_NODEJS_TYPESCRIPT: "true",
    PULUMI_NODEJS_TRANSPILE_ONLY: "true", // types are checked by their own level
    ...options.environment,
  };
  delete environment["NODE_ENV"];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: PROJECT_FOLDER,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stderr = "";
    const collect = (text: string) => (stderr += text);
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    child.on("error", reject);
    child.on("close", (code) => resolve({ status: code ?? 128, stderr }));
  });
}
