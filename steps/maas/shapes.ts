/** What the steps read of MAAS's answers. */
import { z } from "zod";

export const versionShape = z.object({ version: z.string() });
export const namedShape = z.array(z.object({ name: z.string() }));

export const subnetsShape = z.array(
  z.object({
    id: z.number(),
    cidr: z.string(),
    gateway_ip: z.string().nullable(),
    dns_servers: z.array(z.string()).nullable(),
    space: z.string().nullable().optional(),
    vlan: z.object({
      id: z.number(),
      vid: z.number(),
      fabric: z.string(),
      fabric_id: z.number(),
      dhcp_on: z.boolean(),
      primary_rack: z.string().nullable().optional(),
      space: z.string().nullable().optional(),
    }),
  }),
);
export type Subnet = z.infer<typeof subnetsShape>[number];

export const rangesShape = z.array(
  z.object({
    id: z.number(),
    type: z.string(),
    start_ip: z.string(),
    end_ip: z.string(),
    comment: z.string().nullable().optional(),
    subnet: z.object({ id: z.number() }).nullable(),
  }),
);
export type Range = z.infer<typeof rangesShape>[number];

export const racksShape = z.array(
  z.object({
    system_id: z.string(),
    hostname: z.string(),
    interface_set: z
      .array(z.object({ vlan: z.object({ id: z.number() }).nullable().optional() }))
      .optional(),
  }),
);

export const imagesShape = z.array(
  z.object({ name: z.string(), type: z.string(), architecture: z.string() }),
);

const linkShape = z.object({
  id: z.number(),
  mode: z.string(),
  subnet: z.object({ id: z.number(), cidr: z.string() }).nullable().optional(),
});

export const machinesShape = z.array(
  z.object({
    system_id: z.string(),
    hostname: z.string(),
    status_name: z.string(),
    status_message: z.string().nullable().optional(),
    owner: z.string().nullable(),
    owner_data: z.record(z.string(), z.string()),
    power_type: z.string(),
    architecture: z.string().nullable(),
    tag_names: z.array(z.string()),
    zone: z.object({ name: z.string() }),
    pool: z.object({ name: z.string() }),
    cpu_count: z.number(),
    memory: z.number(),
    physicalblockdevice_set: z.array(z.unknown()),
    interface_set: z.array(
      z.object({
        id: z.number(),
        name: z.string(),
        type: z.string(),
        mac_address: z.string().nullable(),
        parents: z.array(z.string()),
        links: z.array(linkShape),
      }),
    ),
  }),
);
export type Machine = z.infer<typeof machinesShape>[number];
export type Interface = Machine["interface_set"][number];

export const eventsShape = z.object({
  events: z.array(
    z.object({
      type: z.string(),
      description: z.string().nullable().optional(),
      created: z.string().optional(),
    }),
  ),
});

/** Power parameters by system id. They hold secrets: never shown. */
export const powerShape = z.record(z.string(), z.record(z.string(), z.unknown()));
