/** How Juju writes moments (virtual milliseconds since 1970). The bastion's zone is UTC. */

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const two = (number: number): string => String(number).padStart(2, "0");

const clock = (date: Date): string =>
  `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}Z`;

const day = (date: Date): string =>
  `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;

/** `2026-11-22 07:41:02Z` with --utc, `22 Nov 2026 07:41:02Z` without. */
export const since = (at: number, utc: boolean): string => {
  const date = new Date(at);
  return utc
    ? `${day(date)} ${clock(date)}`
    : `${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()] ?? ""} ${date.getUTCFullYear()} ${clock(date)}`;
};

export const timeOfDay = (at: number): string => clock(new Date(at));

/** `2026-11-22 07:33:22 +0000 UTC`, as tasks have it. */
export const taskTime = (at: number): string =>
  `${day(new Date(at))} ${clock(new Date(at)).slice(0, 8)} +0000 UTC`;

/** `just now`, `5 minutes ago`, then the day. */
export const ago = (at: number, now: number): string => {
  const seconds = Math.floor((now - at) / 1000);
  if (seconds < 2) return "just now";
  if (seconds < 60) return `${seconds} seconds ago`;
  if (seconds < 120) return "1 minute ago";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} minutes ago`;
  if (seconds < 7200) return "1 hour ago";
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} hours ago`;
  return day(new Date(at));
};
