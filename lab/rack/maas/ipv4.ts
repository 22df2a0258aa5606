/** IPv4 addresses as numbers, for ranges and "the first free one". */
export const parseIp = (text: string): number | undefined => {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
};

export const formatIp = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");

export interface Cidr {
  first: number;
  last: number;
  prefix: number;
  /** The network in its normal form, host bits cleared. */
  text: string;
}

export const parseCidr = (text: string): Cidr | undefined => {
  const [address = "", bits = ""] = text.split("/");
  const value = parseIp(address);
  const prefix = Number(bits);
  if (value === undefined || !/^\d{1,2}$/.test(bits) || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  const first = Math.floor(value / size) * size;
  return { first, last: first + size - 1, prefix, text: `${formatIp(first)}/${prefix}` };
};

export const inCidr = (cidr: string, ip: string): boolean => {
  const network = parseCidr(cidr);
  const value = parseIp(ip);
  return (
    network !== undefined && value !== undefined && value >= network.first && value <= network.last
  );
};
