import { BlockList, isIP } from "node:net";

/** Ranges that are not the public internet (IANA special-purpose registries, RFC 6890 and its updates). */
const CLOSED_V4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  // Link-local, where clouds keep their metadata services.
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
] as const;

/** Public IPv6 is 2000::/3; these parts of it lead elsewhere. */
const CLOSED_V6 = [
  // Teredo and other protocol assignments.
  "2001::/23",
  "2001:db8::/32",
  // 6to4 carries an IPv4 address of anybody's choice.
  "2002::/16",
  "3fff::/20",
] as const;

function listOf(ranges: readonly string[], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [net, bits] = range.split("/") as [string, string];
    list.addSubnet(net, Number(bits), family);
  }
  return list;
}

const closedV4 = listOf(CLOSED_V4, "ipv4");
const closedV6 = listOf(CLOSED_V6, "ipv6");
const publicV6 = listOf(["2000::/3"], "ipv6");

/** Whether an address in text form lies on the public internet, so that calling it reaches nothing of our own. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !closedV4.check(address, "ipv4");
    case 6: {
      // An address with a zone is link-local; ::ffff:0:0/96 and 64:ff9b::/96 lie outside 2000::/3.
      if (address.includes("%")) return false;
      return publicV6.check(address, "ipv6") && !closedV6.check(address, "ipv6");
    }
    default:
      return false;
  }
}
