import { isIP } from "node:net";

/** Go's net.ParseCIDR. */
export const isCidr = (text: string): boolean => {
  const [address = "", bits = "", more] = text.split("/");
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  return version !== 0 && more === undefined && /^\d+$/.test(bits) && Number(bits) <= most;
};
