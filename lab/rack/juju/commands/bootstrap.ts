import type { Call } from "../call";
import { JujuError } from "../errors";
import { resolveCharm } from "../engine/charms";
import { mergeConstraints } from "../engine/constraints";
import { addApplication } from "../engine/deploy";
import { settle } from "../engine/hooks";
import { isLxd } from "../engine/lxd";
import { addMachine, newMachineId, provision } from "../engine/machines";
import { newModel } from "../engine/model";
import { addUnit } from "../engine/units";
import { MaasError, release } from "../../maas";
import { takeFault } from "../../core/faults";
import type { Rack } from "../../core/rack";
import { newKey } from "../../vault/ecdsa";
import { selfSignedCa } from "../../vault/x509";
import type { Controller, JujuMachine, Model } from "../state";
import { hardwareText } from "../render/hardware";
import { type Wanted, wantedOf } from "./bootstrapArguments";
import { showClouds, showRegions } from "./bootstrapClouds";

/** MAAS refuses a key that it does not know. */
const checkKey = (call: Call, rack: Rack, wanted: Wanted): void => {
  const credential = call.client.credentials()[wanted.cloud]?.[wanted.credential];
  const key = typeof credential === "object" ? (credential["maas-oauth"] ?? "") : "";
  const known = rack.maas.users.some((user) =>
    user.keys.some(
      (each) => !each.expired && `${each.consumer}:${each.token}:${each.secret}` === key,
    ),
  );
  const type = call.client.clouds()[wanted.cloud]?.type;
  if (type === "maas" && !known)
    throw new JujuError(
      `creating MAAS environ for cloud "${wanted.cloud}": getting MAAS capabilities: authorization failed: 401 Unauthorized (Authorization Error: 'Invalid API key.')`,
    );
};

/** Entries of the client come before anything is asked of MAAS. */
const enter = (call: Call, rack: Rack, wanted: Wanted): Controller => {
  const random = rack.rng(`controller:${wanted.name}:${rack.now}`);
  const model = newModel(rack, "controller", random.uuid());
  if (wanted.cloud === "localhost") model.provider = "lxd";
  model.constraints = wanted.modelConstraints;
  const own = call.client.clouds()[wanted.cloud];
  const controller: Controller = {
    name: wanted.name,
    uuid: random.uuid(),
    cloud: wanted.cloud,
    ...(own === undefined ? {} : { ownCloud: own }),
    ...(wanted.region === undefined ? {} : { region: wanted.region }),
    agentVersion:
      call.flag("agent-version") ?? `${call.version}${call.profile.ownBuild ? ".1" : ""}`,
    modelDefaults: wanted.modelDefaults,
    created: rack.now,
    ready: false,
    endpoint: "",
    caCertificate:
      selfSignedCa(
        newKey(rack.rng(`controller-ca:${wanted.name}:${rack.now}`)),
        { O: "Juju", CN: "juju-ca" },
        rack.now,
        3650,
      ) + "\n",
    password: random.hex(32),
    models: [model],
  };
  model.credential = wanted.credential;
  const { client } = call;
  const controllers = client.controllers();
  controllers.controllers[wanted.name] = {
    uuid: controller.uuid,
    "api-endpoints": [],
    "ca-cert": controller.caCertificate,
    cloud: wanted.cloud,
    ...(wanted.region === undefined ? {} : { region: wanted.region }),
    "controller-machine-count": 0,
    "active-controller-machine-count": 0,
  };
  client.write("controllers.yaml", controllers);
  const bootstrapConfig = client.read<{ controllers?: object }>("bootstrap-config.yaml", {});
  client.write("bootstrap-config.yaml", {
    controllers: {
      ...bootstrapConfig.controllers,
      [wanted.name]: {
        "controller-model-config": {
          name: "controller",
          type: model.provider ?? "maas",
          uuid: model.uuid,
          ...wanted.modelDefaults,
        },
        credential: wanted.credential,
        cloud: wanted.cloud,
        type: model.provider ?? "maas",
        endpoint: client.clouds()[wanted.cloud]?.endpoint,
      },
    },
  });
  const accounts = client.accounts();
  accounts.controllers[wanted.name] = {
    user: "admin",
    password: controller.password,
    "last-known-access": "superuser",
  };
  client.write("accounts.yaml", accounts);
  const models = client.models();
  models.controllers[wanted.name] = {
    models: { "admin/controller": { uuid: model.uuid, type: "iaas" } },
    ...(call.on("no-switch") ? {} : { "current-model": "admin/controller" }),
  };
  client.write("models.yaml", models);
  rack.juju.controllers.push(controller);
  return controller;
};

/** Takes everything back: the machine and the entries. */
const undo = (call: Call, uuid: string, name: string): void =>
  call.open((rack) => {
    const controller = rack.juju.controllers.find((each) => each.uuid === uuid);
    const machine = controller?.models[0]?.machines[0];
    if (machine !== undefined && machine.instance !== "" && !call.on("keep-broken")) {
      try {
        release(rack, machine.instance);
      } catch (error) {
        if (!(error instanceof MaasError)) throw error;
      }
    }
    rack.juju.controllers = rack.juju.controllers.filter((each) => each !== controller);
    call.client.forgetController(name);
  });

const find = (rack: Rack, uuid: string): { controller: Controller; machine: JujuMachine } => {
  const controller = rack.juju.controllers.find((each) => each.uuid === uuid);
  const machine = controller?.models[0]?.machines[0];
  if (controller === undefined || machine === undefined)
    throw new JujuError("the controller was taken away while it was being made");
  return { controller, machine };
};

/** Lets time pass until `done`; the wall time of a running clock is short. */
const until = async (
  call: Call,
  deadline: number,
  done: (rack: Rack) => boolean,
): Promise<void> => {
  for (;;) {
    const { ready, now } = call.open((rack) => ({ ready: done(rack), now: rack.now }));
    if (ready) return;
    if (now > deadline)
      throw new JujuError(
        "failed to bootstrap model: waited for 20m0s without being able to connect: context deadline exceeded",
      );
    await call.wait(10);
  }
};

/** A controller wants 3.5 GiB of a machine of MAAS. */
const controllerConstraints = (call: Call, model: Model, given: string): string => {
  if (call.profile.major === 3) return given;
  return mergeConstraints(isLxd(model) ? "arch=amd64" : "arch=amd64 mem=3584M", given);
};

const launch = (call: Call, uuid: string, wanted: Wanted): void => {
  const line = call.open((rack) => {
    const controller = rack.juju.controllers.find((each) => each.uuid === uuid)!;
    const model = controller.models[0]!;
    const machine = addMachine(rack, model, newMachineId(model), {
      base: wanted.base,
      constraints: controllerConstraints(call, model, wanted.constraints),
      placement: wanted.placement,
    });
    if (isLxd(model)) return { failed: "", text: "" };
    provision(rack, controller, model, machine);
    if (machine.instance === "") {
      const reason = /\((.*)\), retrying/s.exec(machine.instanceStatus.message)?.[1] ?? "";
      return { failed: reason, text: "" };
    }
    const there = rack.maas.machines.find((each) => each.systemId === machine.instance);
    const hardware = hardwareText(rack, model, machine);
    const mem = Math.round((there?.memory ?? 0) / 1024);
    return {
      failed: "",
      text: ` - ${machine.instance} (arch=${/arch=(\w+)/.exec(hardware)?.[1] ?? "amd64"} mem=${mem}G cores=${there?.cpuCount ?? 0})  \n`,
    };
  });
  if (line.failed !== "")
    throw new JujuError(
      `failed to bootstrap model: cannot start bootstrap instance in any availability zone (default): ${line.failed}`,
    );
  if (line.text !== "") call.err(`   \n${line.text}${INSTALLING}`);
};

const INSTALLING = "Installing Juju agent on bootstrap instance\nWaiting for address\n";

/** LXD tells how far it is; the terminal's line is wiped in between. */
const lxdProgress = (instance: string): string =>
  ` - acquiring LXD image\n${" ".repeat(22)}\n - Creating container \n - Container started \n` +
  `${" ".repeat(20)}\n - ${instance} (arch=amd64)          \n${INSTALLING}`;

const finish = (call: Call, uuid: string, wanted: Wanted): string =>
  call.open((rack) => {
    const { controller, machine } = find(rack, uuid);
    const model = controller.models[0]!;
    const [address = ""] = machine.addresses;
    const path = call.flag("controller-charm-path");
    const resolved =
      path === undefined
        ? resolveCharm(rack, model, "juju-controller", {})
        : resolveCharm(rack, model, path, { path: call.path(path) });
    const application = addApplication(rack, model, {
      name: "controller",
      resolved: { ...resolved, base: machine.base },
    });
    settle(rack, model, application, addUnit(rack, model, application, machine.id));
    controller.endpoint = `${address}:17070`;
    controller.ready = true;
    const controllers = call.client.controllers();
    Object.assign(controllers.controllers[wanted.name] ?? {}, {
      "api-endpoints": [controller.endpoint],
      "agent-version": controller.agentVersion,
      "controller-machine-count": 1,
      "machine-count": 1,
      "controller-model-count": 1,
    });
    if (!call.on("no-switch")) controllers["current-controller"] = wanted.name;
    call.client.write("controllers.yaml", controllers);
    return address;
  });

type Stage = "entered" | "launched" | "deployed" | "started" | "finished";

/** Where a fault may kill the bootstrap: nothing of it is undone then. */
const reached = (call: Call, stage: Stage): void => {
  const killed = call.open((rack) => takeFault(rack, "bootstrap-killed", stage));
  if (killed !== undefined) process.kill(process.pid, "SIGKILL");
};

const LXD_HINT =
  "To configure your system to better support LXD containers, please see: https://documentation.ubuntu.com/lxd/en/latest/explanation/performance_tuning/\n";

/** `juju bootstrap`: takes virtual minutes; killed half-way it leaves what it has made. */
export const bootstrap = async (call: Call): Promise<number> => {
  if (call.on("clouds")) return showClouds(call);
  if ((call.flag("regions") ?? "") !== "") return showRegions(call);
  const wanted = wantedOf(call);
  const started = call.open((rack) => {
    checkKey(call, rack, wanted);
    return { controller: enter(call, rack, wanted), now: rack.now };
  });
  const { uuid } = started.controller;
  const place = wanted.region === undefined ? wanted.cloud : `${wanted.cloud}/${wanted.region}`;
  call.err(
    `Creating Juju controller "${wanted.name}" on ${place}\n` +
      `Looking for packaged Juju agent version ${call.version} for amd64\n` +
      (call.profile.ownBuild
        ? "No packaged binary found, preparing local Juju agent binary\n"
        : `Located Juju agent version ${call.version}-ubuntu-amd64 at https://streams.canonical.com/juju/tools/agent/${call.version}/juju-${call.version}-linux-amd64.tgz\n`) +
      (wanted.cloud === "localhost" ? LXD_HINT : "") +
      `Launching controller instance(s) on ${place}...\n`,
  );
  const deadline = started.now + wanted.timeout * 1000;
  reached(call, "entered");
  try {
    launch(call, uuid, wanted);
    reached(call, "launched");
    await until(call, deadline, (rack) => {
      const { machine } = find(rack, uuid);
      if (machine.step === "failed")
        throw new JujuError(
          `failed to bootstrap model: bootstrap instance started but did not change to Deployed state: instance "${machine.instance}" failed to deploy: ${machine.instanceStatus.message}`,
        );
      return machine.addresses.length > 0;
    });
    reached(call, "deployed");
    const { address, instance } = call.open((rack) => {
      const { machine } = find(rack, uuid);
      return { address: machine.addresses[0] ?? "", instance: machine.instance };
    });
    if (wanted.cloud === "localhost") call.err(lxdProgress(instance));
    call.err(
      `Attempting to connect to ${address}:22\nConnected to ${address}\nRunning machine configuration script...\n`,
    );
    await until(call, deadline, (rack) => find(rack, uuid).machine.agent.current === "started");
    reached(call, "started");
    call.err(
      `Bootstrap agent now started\nContacting Juju controller at ${address} to verify accessibility...\n`,
    );
    finish(call, uuid, wanted);
  } catch (error) {
    undo(call, uuid, wanted.name);
    throw error;
  }
  reached(call, "finished");
  call.err(
    `\nBootstrap complete, controller "${wanted.name}" is now available\nController machines are in the "controller" model\n\nNow you can run\n\tjuju add-model <model-name>\nto create a new model to deploy workloads.\n`,
  );
  return 0;
};
