/** The longest address of a picture that is looked at. */
export const MAX_PICTURE_ADDRESS = 2048

// A name with a dot whose last label is no number: the parser of addresses has turned every other form of an IPv4 address into
// dotted numbers, and IPv6 has brackets.
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+)$/

/** Last labels of names that are none of the public DNS: RFC 6761, 6762, 7686, 8375, and what networks at home and at work use. */
const LOCAL = new Set([
  'arpa',
  'corp',
  'example',
  'home',
  'internal',
  'intranet',
  'invalid',
  'lan',
  'local',
  'localdomain',
  'localhost',
  'onion',
  'private',
  'test',
])

/**
 * An address at which a picture may be fetched that somebody else names: https, the usual port, a public name, and no
 * credentials. Undefined for every other. What a name resolves to is not known here.
 */
export function pictureAddress(address: string, base?: URL): URL | undefined {
  if (address.length > MAX_PICTURE_ADDRESS || !URL.canParse(address, base)) return
  const url = new URL(address, base)
  const { protocol, port, username, password, hostname, href } = url
  const isPlain = protocol === 'https:' && port === '' && username === '' && password === ''
  const last = hostname.slice(hostname.lastIndexOf('.') + 1)
  const isPublic = HOST.test(hostname) && !LOCAL.has(last)
  return isPlain && isPublic && href.length <= MAX_PICTURE_ADDRESS ? url : undefined
}
