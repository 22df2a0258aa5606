/** What the `openstack` client and probe.py print, as far as the verification reads it. */
import { z } from "zod";

export const catalogueShape = z.array(
  z.object({
    Name: z.string(),
    Type: z.string(),
    Endpoints: z.array(z.object({ interface: z.string(), region: z.string(), url: z.string() })),
  }),
);
export const hypervisorsShape = z.array(
  z.object({ "Hypervisor Hostname": z.string(), State: z.string() }),
);
export const computeServicesShape = z.array(
  z.object({ Binary: z.string(), Host: z.string(), Status: z.string(), State: z.string() }),
);
export const agentsShape = z.array(
  z.object({ "Agent Type": z.string(), Host: z.string(), Alive: z.boolean(), State: z.boolean() }),
);
export const serversShape = z.array(
  z.object({
    ID: z.string(),
    Name: z.string(),
    Status: z.string(),
    Networks: z.record(z.string(), z.array(z.string())),
    Host: z.string().nullable(),
    Properties: z.record(z.string(), z.string()),
  }),
);
export const serverStatusShape = z.object({
  status: z.string(),
  /** What Nova is about to do with it, e.g. `powering-off`. */
  "OS-EXT-STS:task_state": z.string().nullable(),
});

export type Catalogue = z.infer<typeof catalogueShape>;
export type Hypervisors = z.infer<typeof hypervisorsShape>;
export type ComputeServices = z.infer<typeof computeServicesShape>;
export type Agents = z.infer<typeof agentsShape>;
export type Servers = z.infer<typeof serversShape>;

export const answersShape = z.object({
  missing: z.array(z.string()),
  last: z.string(),
  seconds: z.number(),
  order: z.array(z.string()),
});
export const readBackShape = z.union([
  z.object({ id: z.number(), writer: z.string(), reader: z.string() }),
  z.object({ error: z.string() }),
]);
export const balancersShape = z.object({ owner: z.string(), missing: z.array(z.string()) });
export const outageShape = z.object({
  asked: z.number(),
  failed: z.number(),
  answersOfOwner: z.number(),
  newOwner: z.string(),
  outageSeconds: z.number().exactOptional(),
});
export type Outage = z.infer<typeof outageShape>;
