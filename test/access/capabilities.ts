import type { Capability } from '../../src/schemas/members'
import type { Row } from './rows'

// Which capability decides a row of the tables in policy.ts, and who has it by the published table of capabilities.

/** What GET /v1/capabilities answers. */
export interface PublishedCapabilities {
  roles: Record<'owner' | 'admin' | 'moderator' | 'member', Capability[]>
  directPeer: Capability[]
  visitor: Capability[]
  siteModerator: Capability[]
  siteAdmin: Capability[]
}

const message = 'messages/{others}'

export const deciding: Partial<Record<Capability, string[]>> = {
  'room.read': [
    'GET {room}/members',
    'GET {room}/messages',
    'GET {room}/messages/{own}',
    `GET {room}/${message}`,
    'GET {room}/messages/{own}/versions',
    `GET {room}/${message}/replies`,
    `GET {room}/${message}/reactions/{emoji}`,
    'GET {room}/pins',
    'GET {room}/search',
    'GET {room}/events',
    'GET {room}/media',
    'POST {room}/media-token',
    'GET {room}/socket',
    'SOCKET auth',
  ],
  'message.post': [
    'POST {room}/messages',
    'POST {room}/batch',
    'SOCKET message.post',
    'SOCKET typing',
  ],
  'message.attach': ['POST {room}/media', 'POST {room}/uploads'],
  'message.edit.own': ['PATCH {room}/messages/{own}', 'SOCKET message.edit {own}'],
  'message.delete.own': ['DELETE {room}/messages/{own}', 'SOCKET message.delete {own}'],
  'message.delete.any': [
    'DELETE {room}/messages',
    `DELETE {room}/${message}`,
    'SOCKET message.delete {others}',
  ],
  'message.react': [
    `PUT {room}/${message}/reactions/{emoji}/@me`,
    `DELETE {room}/${message}/reactions/{emoji}/@me`,
    'SOCKET reaction.add',
    'SOCKET reaction.remove',
  ],
  'message.pin': ['PUT {room}/pins/{others}', 'DELETE {room}/pins/{others}'],
  'live.send': ['SOCKET live.send'],
  'member.add': ['PUT {room}/members/{eve}'],
  'member.role': ['PATCH {room}/members/{bo} role', 'PATCH {room}/members/{bo} same'],
  'member.mute': ['PATCH {room}/members/{bo} mute', 'PATCH {room}/members/{bo} clear'],
  'member.remove': ['DELETE {room}/members/{bo}'],
  'member.ban': ['GET {room}/bans', 'PUT {room}/bans/{bo}', 'DELETE {room}/bans/{eve}'],
  'allowlist.edit': [
    'GET {room}/allowlist',
    'PUT {room}/allowlist/{eve}',
    'DELETE {room}/allowlist/{eve}',
  ],
  'invite.create': ['GET {room}/invites', 'POST {room}/invites', 'DELETE {room}/invites/{invite}'],
  'audit.read': ['GET {room}/audit'],
  'room.edit': ['PATCH {room}', 'PUT {room}/avatar', 'DELETE {room}/avatar'],
  'room.export': ['GET {room}/export'],
  'room.delete': ['DELETE {room}'],
}

/** These change how something else is done; no row is about them alone. */
export const WITHOUT_ROW: Capability[] = ['mention.room', 'room.freeze', 'slow_mode.exempt']

/** Rows in which something else decides: being a member, an invite, a password, who wrote it, whose upload it is. */
export const decidedOtherwise = [
  'GET {room}',
  'GET {rooms}/by-key/{key}',
  'POST {rooms} key',
  'PUT {room}/members/@me',
  'PATCH {room}/members/@me',
  'DELETE {room}/members/@me',
  'GET /v1/invites/{code}',
  'GET /v1/media/{media}',
  'POST {room}/messages again',
  `PATCH {room}/${message}`,
  'SOCKET message.edit {others}',
  'PUT {room}/read-marker',
  `GET {room}/${message}/following`,
  `PUT {room}/${message}/following`,
  `DELETE {room}/${message}/following`,
  `PUT {room}/${message}/read-marker`,
  'GET {room}/uploads/{upload}',
  'PATCH {room}/uploads/{upload}',
  'DELETE {room}/uploads/{upload}',
  'SOCKET read.mark',
  'SOCKET thread.follow',
  'SOCKET thread.unfollow',
  'SOCKET thread.read',
].map(full)

const capabilityOfRow = new Map(
  Object.entries(deciding).flatMap(([capability, rows]) =>
    rows.map((row) => [full(row), capability as Capability]),
  ),
)

export const capabilityOf = (row: string): Capability | undefined => capabilityOfRow.get(row)

/** The paths above are short. */
function full(row: string): string {
  return row.replace('{rooms}', '/v1/rooms').replace('{room}', '/v1/rooms/{room}')
}

/** Their session is not valid, or they are banned: no capability helps. */
const NOBODY = ['none', 'junk', 'old', 'gone', 'ban']

/** What restricts people for a time takes away what they have. */
const RESTRICTIONS = ['muted', 'suspended', 'not_connected']

const roles: Record<string, keyof PublishedCapabilities['roles']> = {
  susp: 'owner',
  mute: 'member',
  mem: 'member',
  blk: 'member',
  mod: 'moderator',
  adm: 'admin',
  own: 'owner',
}

/** What the published table grants a kind of caller in a room. Power over the whole site is used over HTTP only. */
function granted(
  table: PublishedCapabilities,
  caller: string,
  { room, row }: { room: Record<string, unknown>; row: string },
): Capability[] {
  if (room.kind === 'direct') {
    return roles[caller] ? [...table.roles.member, ...table.directPeer] : []
  }
  const role = roles[caller]
  const isReached = room.access === 'open' || room.listed === true
  const overHttp = !row.startsWith('SOCKET') && !row.endsWith('/socket')
  return [
    ...(role ? table.roles[role] : room.access === 'open' ? table.visitor : []),
    ...(caller === 'smod' && isReached && overHttp ? table.siteModerator : []),
    ...(caller === 'sadm' && isReached && overHttp ? table.siteAdmin : []),
  ]
}

/** The cells of a row that the published table contradicts, and how many it was asked about. */
export function compare(
  table: PublishedCapabilities,
  { row, expected }: Row,
  room: Record<string, unknown>,
): { cells: number; wrong: string[] } {
  const capability = capabilityOf(row)
  if (!capability) return { cells: 0, wrong: [] }
  const cells = Object.entries(expected).filter(
    // What takes no app key is decided before anybody asks what its user may do.
    ([caller, outcome]) =>
      !NOBODY.includes(caller) && !(caller === 'key' && outcome === 'unauthenticated'),
  )
  const wrong = cells.flatMap(([caller, outcome]) => {
    const isGranted = granted(table, caller, { room, row }).includes(capability)
    const isAllowed = outcome === 'ok' || RESTRICTIONS.includes(outcome)
    return isGranted === isAllowed
      ? []
      : [`${caller}: ${outcome}, ${isGranted ? 'has' : 'lacks'} ${capability}`]
  })
  return { cells: cells.length, wrong }
}
