/**
 * What other stacks and people may rely on. Names and meanings stay within a `contractVersion`; what is added does not raise
 * it. Secret members are secret outputs: `pulumi stack output --show-secrets`.
 */
import * as pulumi from "@pulumi/pulumi";

import type { DeployedApplication } from "../components/charmBundle";
import type { CatalogueService, CloudAccess, ModelMachine } from "../components/cloudAccess";
import type { CloudBase } from "../components/cloudBase";
import type { HaApp } from "../components/haApp";
import type { JujuController } from "../components/jujuController";
import type { JujuModel } from "../components/jujuModel";
import type { MaasSite } from "../components/maasSite";
import type { FleetMachine, MachineFleet } from "../components/machineFleet";
import type { Settings } from "../components/settings";
import type { Tenant } from "../components/tenant";
import type { Vault } from "../components/vault";
import type {
  CheckOutcome,
  FailoverOutcome,
  ServerPlace,
  Verification,
} from "../components/verification";

export const CONTRACT_VERSION = 1;

/** A server, as MAAS had it when the fleet was last looked at, and what Juju made of it; `status` is MAAS's after that. */
export interface Server extends FleetMachine {
  /** Juju's id of it in the model, e.g. `0`; absent where the model does not use it. */
  jujuMachine?: string;
  /** As Juju sees them; empty where the model does not use it. */
  addresses: string[];
}

export interface StackOutputs {
  contractVersion: number;
  /** Region's URL, its version, and the API key (secret). */
  maas: { url: string; version: pulumi.Output<string>; apiKey: pulumi.Output<string> };
  /** The fleet. */
  machines: pulumi.Output<Server[]>;
  juju: {
    controller: string;
    controllerUuid: pulumi.Output<string>;
    apiEndpoints: pulumi.Output<string[]>;
    version: pulumi.Output<string>;
    /** The server with the controller. */
    hostname: pulumi.Output<string>;
    model: string;
    modelUuid: pulumi.Output<string>;
  };
  /** Charm, channel, revision and units, with the server that each unit is on. */
  applications: pulumi.Output<DeployedApplication[]>;
  vault: {
    address: pulumi.Output<string>;
    initialized: pulumi.Output<boolean>;
    /** When the stack last looked. */
    sealed: pulumi.Output<boolean>;
    threshold: pulumi.Output<number>;
    /** Secret. */
    unsealKeys: pulumi.Output<string[]>;
    /** Secret. */
    rootToken: pulumi.Output<string>;
    caCertificatePem: pulumi.Output<string>;
    caExpires: pulumi.Output<string>;
  };
  cloud: {
    authUrl: string;
    region: string;
    /** CA to give to clients, PEM text. */
    caCertificatePem: string;
    services: pulumi.Output<CatalogueService[]>;
    admin: {
      user: pulumi.Output<string>;
      project: pulumi.Output<string>;
      domain: pulumi.Output<string>;
      /** Secret. */
      password: pulumi.Output<string>;
    };
  };
  externalNetwork: {
    id: pulumi.Output<string>;
    name: pulumi.Output<string>;
    subnetId: pulumi.Output<string>;
    cidr: string;
    pool: { start: string; end: string };
  };
  /** Ids by name. */
  flavors: pulumi.Output<Record<string, string>>;
  /** Ids by name. */
  images: Record<string, pulumi.Output<string>>;
  tenant: {
    project: string;
    projectId: pulumi.Output<string>;
    networkId: pulumi.Output<string>;
    subnetId: pulumi.Output<string>;
    routerId: pulumi.Output<string>;
    securityGroupIds: Record<string, pulumi.Output<string>>;
    keyPairFingerprint: pulumi.Output<string>;
    /**
     * Secret. A clouds.yaml with the cloud `private-cloud`: the automation user, scoped to the project. It administers the
     * domain, so this is for operators, not for the project's users.
     */
    cloudsYaml: pulumi.Output<string>;
  };
  application: {
    /** At the floating IP, where the external network is reached. */
    url: pulumi.Output<string>;
    floatingIp: pulumi.Output<string>;
    loadBalancers: pulumi.Output<string[]>;
    apiServers: pulumi.Output<string[]>;
    databaseServer: pulumi.Output<string>;
    /** `address:port`, inside the project's network. */
    databaseEndpoint: pulumi.Output<string>;
    /** Secret. */
    databasePassword: pulumi.Output<string>;
    serverIds: pulumi.Output<Record<string, string>>;
    fixedIps: pulumi.Output<Record<string, string>>;
    /** What this cloud could not do. */
    leftOut: pulumi.Output<string[]>;
  };
  /**
   * The report of the last verification that found nothing wrong; it stays until something that was verified changes. One that
   * finds a fault fails the update, and its report is on the bastion.
   */
  verification: {
    /** When it was looked, ISO 8601. */
    at: pulumi.Output<string>;
    ok: pulumi.Output<boolean>;
    checks: pulumi.Output<CheckOutcome[]>;
    /** What was not made or not looked at, and why. */
    leftOut: pulumi.Output<string[]>;
    /** The application's servers, and the hypervisor of each. */
    servers: pulumi.Output<ServerPlace[]>;
    /** If it was tried. */
    failover: pulumi.Output<FailoverOutcome | undefined>;
  };
}

/** The parts that the contract is read from. */
export interface StackParts {
  settings: Settings;
  site: MaasSite;
  fleet: MachineFleet;
  controller: JujuController;
  model: JujuModel;
  vault: Vault;
  access: CloudAccess;
  cloud: CloudBase;
  tenant: Tenant;
  app: HaApp;
  verification: Verification;
}

export function stackOutputs(parts: StackParts): StackOutputs {
  const {
    settings,
    site,
    fleet,
    controller,
    model,
    vault,
    access,
    cloud,
    tenant,
    app,
    verification,
  } = parts;
  const { secrets } = settings;
  return {
    contractVersion: CONTRACT_VERSION,
    maas: { url: settings.maas.url, version: site.version, apiKey: secrets.maasApiKey },
    machines: pulumi
      .all([fleet.machines, access.machines, controller.hostname, controller.machineStatus])
      .apply(([all, model, hostname, status]) => servers(all, model, { hostname, status })),
    juju: {
      controller: settings.juju.controller,
      controllerUuid: controller.uuid,
      apiEndpoints: controller.apiEndpoints,
      version: controller.jujuVersion,
      hostname: controller.hostname,
      model: settings.juju.model,
      modelUuid: model.uuid,
    },
    applications: access.applications,
    vault: {
      address: vault.address,
      initialized: vault.initialized,
      sealed: vault.sealed,
      threshold: vault.threshold,
      unsealKeys: vault.unsealKeys,
      rootToken: vault.rootToken,
      caCertificatePem: vault.caCertificatePem,
      caExpires: vault.caExpires,
    },
    cloud: {
      authUrl: settings.access.authUrl,
      region: settings.access.region,
      caCertificatePem: settings.caCertificatePem,
      services: access.services,
      admin: {
        user: access.adminUser,
        project: access.adminProject,
        domain: access.adminDomain,
        password: access.adminPassword,
      },
    },
    externalNetwork: {
      id: cloud.externalNetworkId,
      name: cloud.externalNetworkName,
      subnetId: cloud.externalSubnetId,
      cidr: settings.external.cidr,
      pool: settings.external.pool,
    },
    flavors: cloud.flavorIds,
    images: { [settings.image.name]: cloud.imageId },
    tenant: {
      project: settings.tenant.project,
      projectId: tenant.projectId,
      networkId: tenant.networkId,
      subnetId: tenant.subnetId,
      routerId: tenant.routerId,
      securityGroupIds: {
        balancer: tenant.balancerGroupId,
        api: tenant.apiGroupId,
        database: tenant.databaseGroupId,
      },
      keyPairFingerprint: tenant.keyPairFingerprint,
      cloudsYaml: cloudsYaml(settings),
    },
    application: {
      url: app.url,
      floatingIp: app.floatingIp,
      loadBalancers: app.balancers,
      apiServers: app.apiServers,
      databaseServer: app.databaseServer,
      databaseEndpoint: app.databaseEndpoint,
      databasePassword: secrets.databasePassword,
      serverIds: app.serverIds,
      fixedIps: app.fixedIps,
      leftOut: app.leftOut,
    },
    verification: {
      at: verification.at,
      ok: verification.ok,
      checks: verification.checks,
      leftOut: pulumi
        .all([app.leftOut, verification.leftOut])
        .apply(([made, looked]) => [...made, ...looked]),
      servers: verification.servers,
      failover: verification.failover,
    },
  };
}

function servers(
  fleet: FleetMachine[],
  model: ModelMachine[],
  controller: { hostname: string; status: string },
): Server[] {
  return fleet.map((machine) => {
    const used = model.find(({ systemId }) => systemId === machine.systemId);
    const later = machine.hostname === controller.hostname ? controller.status : used?.status;
    return {
      ...machine,
      status: later || machine.status,
      addresses: used?.addresses ?? [],
      ...(used === undefined ? {} : { jujuMachine: used.id }),
    };
  });
}

/** For `openstack --os-cloud private-cloud`; the CA goes into the file that `cacert` names. JSON is YAML. */
function cloudsYaml({ access, tenant, secrets }: Settings): pulumi.Output<string> {
  return secrets.automationPassword.apply((password) =>
    JSON.stringify({
      clouds: {
        "private-cloud": {
          auth: {
            auth_url: access.authUrl,
            username: access.user,
            password,
            project_name: tenant.project,
            user_domain_name: access.domain,
            project_domain_name: access.domain,
          },
          region_name: access.region,
          identity_api_version: 3,
          cacert: "ca.crt",
        },
      },
    }),
  );
}
