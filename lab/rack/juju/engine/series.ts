/** Series that Juju can turn into a base. */
export const SERIES = new Set([
  ...["trusty", "xenial", "bionic", "focal", "jammy", "noble"],
  ...["artful", "cosmic", "disco", "eoan", "groovy", "hirsute", "impish", "kinetic", "lunar"],
  ...["mantic", "oracular", "plucky", "precise", "quantal", "raring", "saucy", "utopic"],
  ...["vivid", "wily", "yakkety", "zesty", "centos7", "centos9", "genericlinux", "kubernetes"],
]);

/** Those of machines that can still be had, with their bases. */
const BASES: Record<string, string> = {
  bionic: "18.04",
  focal: "20.04",
  jammy: "22.04",
  noble: "24.04",
};

export const baseOfSeries = (series: string | undefined): string | undefined =>
  series === undefined ? undefined : `ubuntu@${BASES[series] ?? series}`;

/** The name of a base in the days before bases, for example `jammy`. */
export const seriesOf = (base: string): string =>
  Object.entries(BASES).find(([, each]) => each === base)?.[0] ?? base;
