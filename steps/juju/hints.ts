/** What a person can do about a model that does not settle: known messages of Juju and of charms. */

const HINTS: [RegExp, string][] = [
  [
    /cloud credential is not valid/i,
    "MAAS refuses the key that the controller has: on the bastion give it one that works with juju update-credential CLOUD CREDENTIAL -c CONTROLLER",
  ],
  [
    /cluster is inaccessible from this instance/i,
    "After an outage of all its members, e.g. a power cut, a MySQL cluster must be started by hand: juju run --wait=10m APPLICATION/leader reboot-cluster-from-complete-outage",
  ],
  [
    /unit is sealed/i,
    "Vault has been started anew and is sealed: npm run unseal -- --stack STACK does that with the keys of its outputs",
  ],
  [
    /provisioning error/i,
    "Look at that machine in MAAS; after a repair juju retry-provisioning --all has Juju ask for it again",
  ],
  [
    /creating container|acquiring LXD image/i,
    "Look at LXD on the container's machine (juju ssh MACHINE, lxc list) and at its way to the images",
  ],
  [
    /hook failed/i,
    "Look at juju debug-log for these units; after a repair juju resolved UNIT lets a failed hook run again",
  ],
  [
    /: lost|agent is not communicating|: down/i,
    "Look at the machine in MAAS: it may be off or cut from the network; its agents come back with it",
  ],
];

/** One sentence for each kind of trouble, or a general one. */
export function hints(reasons: string[]): string {
  const found = HINTS.filter(([pattern]) => reasons.some((reason) => pattern.test(reason)));
  const texts = found.map(([, text]) => text);
  return (texts.length > 0 ? texts : ["Look at juju debug-log for these units"])
    .map((text) => `${text}.`)
    .join(" ");
}
