const RISKS = ["stable", "candidate", "beta", "edge"];

const quoted = (text: string): string => JSON.stringify(text);

interface Parts {
  track?: string | undefined;
  risk?: string | undefined;
  branch?: string | undefined;
}

const faultOf = (text: string, { track, risk, branch }: Parts): string | undefined => {
  if (risk !== undefined && !RISKS.includes(risk))
    return `risk in channel ${quoted(text)} not valid`;
  if (track === "") return `track in channel ${quoted(text)} not valid`;
  return branch === "" ? `branch in channel ${quoted(text)} not valid` : undefined;
};

const tooMany = (text: string): string =>
  `channel is malformed and has too many components ${quoted(text)}`;

/** What is wrong with a charm's channel: `[TRACK/]RISK[/BRANCH]` or `TRACK`. */
export const channelFault = (text: string): string | undefined => {
  if (text === "") return "empty channel not valid";
  const [first = "", second, third, more] = text.split("/");
  if (more !== undefined) return tooMany(text);
  if (third !== undefined) return faultOf(text, { track: first, risk: second, branch: third });
  if (RISKS.includes(first)) return faultOf(text, { branch: second });
  return faultOf(text, { track: first, risk: second });
};

/** What is wrong with a base: `OS@TRACK[/RISK]`. */
export const baseFault = (text: string): string | undefined => {
  const [, channel, more] = text.split("@");
  if (channel === undefined || more !== undefined)
    return "expected base string to contain os and channel separated by '@'";
  if (channel === "") return "empty channel not valid";
  const [track, risk, extra] = channel.split("/");
  return extra === undefined ? faultOf(channel, { track, risk }) : tooMany(channel);
};
