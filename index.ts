/** The stack from bare metal to an application that answers. Order is `dependsOn`; no input is what another step printed. */
import { BEFORE_VAULT } from "./bundle/statuses";
import { expectedUnits } from "./bundle/topology";
import { CharmBundle } from "./components/charmBundle";
import { CloudAccess } from "./components/cloudAccess";
import { CloudBase } from "./components/cloudBase";
import { HaApp } from "./components/haApp";
import { JujuController } from "./components/jujuController";
import { JujuModel } from "./components/jujuModel";
import { MaasSite } from "./components/maasSite";
import { MachineFleet } from "./components/machineFleet";
import { loadSettings } from "./components/settings";
import { Tenant } from "./components/tenant";
import { Vault } from "./components/vault";
import { Verification } from "./components/verification";
import { stackOutputs } from "./outputs/contract";

const settings = loadSettings();
const { secrets, permissions, juju, bundle: charms, patience, network, external } = settings;
const bastion = { ...settings.bastion, privateKey: secrets.bastionPrivateKey };
const { profile, url } = settings.maas;
const maas = { profile, url, apiKey: secrets.maasApiKey };

const site = new MaasSite("site", {
  bastion,
  maas,
  settings: settings.maas.settings,
  zones: settings.maas.zones,
  pools: settings.maas.pools,
  subnets: [
    {
      cidr: network.cidr,
      gateway: network.gateway,
      dns: network.dns,
      dynamicRange: network.dynamicRange,
      reserved: [
        ...network.reserved,
        // Two who give out one address would be noticed by whoever gets it second.
        ...(external.cidr === network.cidr
          ? [{ ...external.pool, comment: "OpenStack floating IPs" }]
          : []),
      ],
    },
  ],
});

const fleet = new MachineFleet(
  "fleet",
  {
    bastion,
    maas,
    machines: Object.entries(settings.machines).map(([hostname, machine]) => ({
      hostname,
      macAddresses: machine.macs,
      architecture: machine.architecture,
      power: { ...machine.power, password: secrets.powerPassword },
      tags: machine.tags,
      zone: machine.zone,
      pool: machine.pool,
      bridges: machine.bridges.map((bridge) => ({ ...bridge, subnetCidr: network.cidr })),
      minimum: machine.minimum,
    })),
  },
  { dependsOn: [site] },
);

const controller = new JujuController(
  "controller",
  {
    bastion,
    maas,
    controller: juju.controller,
    cloud: juju.cloud,
    credential: juju.credential,
    base: juju.base,
    tag: juju.controllerTag,
    architecture: settings.openstack.architecture,
    bootstrapTimeoutSeconds: juju.bootstrapTimeoutSeconds,
    allowUnsafeJuju: permissions.allowUnsafeJuju,
    allowDestroy: permissions.allowDestroy,
  },
  { dependsOn: [fleet] },
);

const inModel = { bastion, controller: juju.controller, model: juju.model };

const model = new JujuModel(
  "model",
  {
    ...inModel,
    maas,
    cloud: juju.cloud,
    credential: juju.credential,
    config: { "default-base": juju.base, ...juju.modelConfig },
    allowUnsafeJuju: permissions.allowUnsafeJuju,
    allowDestroy: permissions.allowDestroy,
  },
  { dependsOn: [controller] },
);

const bundle = new CharmBundle(
  "bundle",
  {
    ...inModel,
    base: charms["default-base"],
    machines: charms.machines,
    applications: charms.applications,
    relations: charms.relations,
    allowed: BEFORE_VAULT,
    patience,
  },
  { dependsOn: [model] },
);

const inCloud = { ...inModel, bundleDigest: bundle.digest };
const { caCertificatePem } = settings;
const { caCommonName, caDays, ...ceremony } = settings.vault;

const vault = new Vault(
  "vault",
  {
    ...inCloud,
    ...ceremony,
    application: "vault",
    ca: {
      certificatePem: caCertificatePem,
      privateKeyPem: secrets.caPrivateKeyPem,
      commonName: caCommonName,
      days: caDays,
    },
    patience,
  },
  { dependsOn: [bundle] },
);

const { authUrl, region, user, project, domain } = settings.access;

const access = new CloudAccess(
  "access",
  {
    ...inCloud,
    applications: expectedUnits(charms),
    keystoneApplication: "keystone",
    authUrl,
    region,
    caCertificatePem,
    automation: { user, project, domain, password: secrets.automationPassword },
    patience,
  },
  { dependsOn: [vault] },
);

const cloud = new CloudBase(
  "cloud",
  {
    external,
    image: settings.image,
    flavors: Object.entries(settings.flavors).map(([name, size]) => ({ name, ...size })),
  },
  { provider: access.provider },
);

const credentials = {
  authUrl,
  region,
  userName: user,
  domainName: domain,
  password: secrets.automationPassword,
  caCertificatePem,
};

const tenant = new Tenant(
  "tenant",
  {
    credentials,
    project: settings.tenant.project,
    network: settings.tenant,
    externalNetworkId: cloud.externalNetworkId,
    clientsCidr: settings.tenant.clients,
    operatorsCidrs: settings.tenant.operators,
    ...(settings.appPublicKey === undefined ? {} : { publicKey: settings.appPublicKey }),
  },
  // It works with providers of its own, which nothing else would hold back until there is a cloud.
  { dependsOn: [access] },
);

const app = new HaApp(
  "app",
  {
    app: settings.app.name,
    network: {
      networkId: tenant.networkId,
      subnetId: tenant.subnetId,
      cidr: settings.tenant.cidr,
      externalNetworkName: cloud.externalNetworkName,
      balancerGroupId: tenant.balancerGroupId,
      apiGroupId: tenant.apiGroupId,
      databaseGroupId: tenant.databaseGroupId,
      keyPair: tenant.keyPair,
    },
    addresses: settings.app.addresses,
    ...(settings.app.floatingIp === undefined ? {} : { floatingIp: settings.app.floatingIp }),
    imageId: cloud.imageId,
    flavorId: cloud.flavorIds.apply((ids) => ids[settings.app.flavor] as string),
    databaseFlavorId: cloud.flavorIds.apply((ids) => ids[settings.app.databaseFlavor] as string),
    databasePassword: secrets.databasePassword,
    databaseVolumeGiB: settings.app.databaseVolumeGiB,
    light: settings.light,
    allowDestroy: permissions.allowDestroy,
  },
  { provider: tenant.provider },
);

const verification = new Verification(
  "verification",
  {
    bastion,
    bundleDigest: bundle.digest,
    credentials,
    automationProject: project,
    project: settings.tenant.project,
    app: {
      url: app.url,
      loadBalancers: app.balancers,
      apiServers: app.apiServers,
      databaseServer: app.databaseServer,
      serverIds: app.serverIds,
    },
    ...settings.verification,
    light: settings.light,
  },
  { dependsOn: [app] },
);

export = stackOutputs({
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
});
