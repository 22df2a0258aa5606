/** What the steps read of Juju's answers. */
import { z } from "zod";

export const controllersShape = z.object({
  controllers: z
    .record(
      z.string(),
      z.object({
        uuid: z.string().optional(),
        "api-endpoints": z.array(z.string()).nullable().optional(),
      }),
    )
    .nullable(),
});

export const controllerShape = z.record(
  z.string(),
  z.object({
    details: z.object({
      uuid: z.string(),
      "api-endpoints": z.array(z.string()),
      "agent-version": z.string(),
    }),
    "controller-machines": z.record(z.string(), z.object({ "instance-id": z.string() })).optional(),
  }),
);

export const modelsShape = z.object({
  models: z.array(
    z.object({
      "short-name": z.string(),
      "model-uuid": z.string(),
      life: z.string().optional(),
    }),
  ),
});

export const modelConfigShape = z.record(z.string(), z.object({ Value: z.unknown() }));

export const appConfigShape = z.object({
  settings: z.record(z.string(), z.object({ value: z.unknown().optional() })),
});

export const cloudsShape = z.record(
  z.string(),
  z.object({
    type: z.string().optional(),
    endpoint: z.string().optional(),
    "auth-types": z.array(z.string()).optional(),
  }),
);

export const credentialsShape = z.object({
  "client-credentials": z
    .record(
      z.string(),
      z.object({
        "cloud-credentials": z.record(
          z.string(),
          z.object({
            "auth-type": z.string().optional(),
            details: z.record(z.string(), z.string()).optional(),
          }),
        ),
      }),
    )
    .optional(),
});

const state = z.object({
  current: z.string().optional(),
  message: z.string().optional(),
  since: z.string().optional(),
});
export type State = z.infer<typeof state>;

const unitFields = {
  "workload-status": state.default({}),
  "juju-status": state.default({}),
  machine: z.string().optional(),
  "public-address": z.string().optional(),
  leader: z.boolean().optional(),
};
const unit = z.object({
  ...unitFields,
  subordinates: z.record(z.string(), z.object(unitFields)).optional(),
});
export type Unit = z.infer<typeof unit>;

const machineFields = {
  "juju-status": state.default({}),
  "machine-status": state.default({}),
  hostname: z.string().optional(),
  "dns-name": z.string().optional(),
  "ip-addresses": z.array(z.string()).optional(),
  "instance-id": z.string().optional(),
  constraints: z.string().optional(),
};
const machine = z.object({
  ...machineFields,
  containers: z.record(z.string(), z.object(machineFields)).optional(),
});
export type JujuMachine = z.infer<typeof machine>;

const application = z.object({
  charm: z.string().optional(),
  "charm-name": z.string().optional(),
  "charm-channel": z.string().optional(),
  "charm-rev": z.number().optional(),
  life: z.string().optional(),
  "application-status": state.default({}),
  relations: z
    .record(z.string(), z.array(z.object({ "related-application": z.string() })))
    .optional(),
  "subordinate-to": z.array(z.string()).optional(),
  units: z.record(z.string(), unit).optional(),
  /** Instead of all the rest when Juju could not read the application. */
  "status-error": z.string().optional(),
});
export type Application = z.infer<typeof application>;

export const statusShape = z.object({
  model: z.object({ "model-status": state.default({}) }),
  machines: z.record(z.string(), machine).default({}),
  applications: z.record(z.string(), application).default({}),
  /** Time of day, UTC, e.g. `07:31:21Z`. */
  controller: z.object({ timestamp: z.string().optional() }).optional(),
});
export type Status = z.infer<typeof statusShape>;

const task = z.object({
  status: z.string(),
  message: z.string().optional(),
  results: z.record(z.string(), z.unknown()).default({}),
});
export const tasksShape = z.record(z.string(), task);
