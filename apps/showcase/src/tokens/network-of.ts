import { isIPv6 } from 'node:net'

/**
 * Returns the network of an address. For IPv6, it is the /64, because one host can have every address in it. For IPv4, it is
 * the address itself, also in the form of IPv6 that servers see if they listen to both.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc4291.html#section-2.5 RFC 4291 §2.5}
 */
export function networkOf(address: string): string {
  // A zone, as in fe80::1%eth0, names the network interface.
  const [ip = ''] = address.split('%', 1)
  if (!isIPv6(ip)) return address
  const groups = groupsOf(ip)
  return groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff'
    ? groups
        .slice(6)
        .map((group) => Number.parseInt(group, 16))
        .flatMap((group) => [Math.floor(group / 256), group % 256])
        .join('.')
    : `${groups.slice(0, 4).join(':')}::/64`
}

/** Returns the eight groups of an IPv6 address. It can be written in many ways, and `URL` knows them. */
function groupsOf(ip: string): readonly string[] {
  const [start = [], end = []] = new URL(`http://[${ip}]`).hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter(Boolean))
  return [...start, ...Array.from({ length: 8 - start.length - end.length }, () => '0'), ...end]
}
