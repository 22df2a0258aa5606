/** Series that Juju can turn into a base. */
export const SERIES = new Set([
  ...["trusty", "xenial", "bionic", "focal", "jammy", "noble"],
  ...["artful", "cosmic", "disco", "eoan", "groovy", "hirsute", "impish", "kinetic", "lunar"],
  ...["mantic", "oracular", "plucky", "precise", "quantal", "raring", "saucy", "utopic"],
  ...["vivid", "wily", "yakkety", "zesty", "centos7", "centos9", "genericlinux", "kubernetes"],
]);
